use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The action that makes a pass, before its name.
pub(crate) const CREATES_PASS: &str = "pass create";
/// The action that revokes a pass, before its name.
pub(crate) const REVOKES_PASS: &str = "pass revoke";
/// The action that takes entries and passes off that have ended.
pub(crate) const ENDS_ENTRIES: &str = "allowlist end";

/// Who changed what, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) revision: u64,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) reason: Option<String>,
}

impl Stamp {
    /// It without the names of testers, which the actions and the reasons of some changes have.
    pub(crate) fn without_testers(&self) -> Self {
        let names_one = |action: &&str| self.action.starts_with(&format!("{action} "));
        let action = [CREATES_PASS, REVOKES_PASS].into_iter().find(names_one);
        let ends = self.action == ENDS_ENTRIES;
        Self {
            action: action.map_or_else(|| self.action.clone(), str::to_owned),
            reason: self.reason.clone().filter(|_| !ends),
            ..self.clone()
        }
    }
}
