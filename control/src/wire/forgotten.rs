//! The result of forgetting members.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::wire::node::{MemberId, UnstoredView};

/// A member of which an operator knows more than control does, and the threads whose silence is answered for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Forgotten {
    #[serde(flatten)]
    pub(crate) id: MemberId,
    pub(crate) silent: BTreeSet<String>,
}

/// The result of forgetting members.
///
/// Old requests may run on a member that lives, so that a name alone removes lost members only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Forgetting {
    /// They are waited for no more.
    pub(crate) removed: Vec<Forgotten>,
    /// They live and are waited for, but not their threads that are silent.
    pub(crate) forgiven: Vec<Forgotten>,
    /// They live, and are waited for as before.
    pub(crate) kept: Vec<Kept>,
    /// Those of the nodes that could not be stored that are named.
    #[serde(default)]
    pub(crate) unstored: Vec<UnstoredView>,
}

/// The answer to a request to forget.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Forgot {
    pub(crate) service: String,
    #[serde(flatten)]
    pub(crate) forgetting: Forgetting,
    /// Whether nothing was forgotten, and this is what would become of the nodes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) dry_run: bool,
}

/// A member that lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    #[serde(flatten)]
    pub(crate) id: MemberId,
    /// When it was heard last, since control started.
    pub(crate) heard: Option<Timestamp>,
}

impl Forgetting {
    /// The names of the nodes that are removed or forgiven.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let touched = self.removed.iter().chain(&self.forgiven);
        let unstored = self.unstored.iter();
        let unstored = unstored.map(|node| node.name.as_deref().unwrap_or("unreadable"));
        touched
            .map(|forgotten| forgotten.id.name.as_str())
            .chain(unstored)
            .collect()
    }

    /// The result for the members of this name.
    pub(crate) fn of(&self, name: &str) -> Self {
        let is = |id: &MemberId| id.name == name;
        let forgotten = |all: &[Forgotten]| {
            let some = all.iter().filter(|forgotten| is(&forgotten.id));
            some.cloned().collect()
        };
        Self {
            removed: forgotten(&self.removed),
            forgiven: forgotten(&self.forgiven),
            kept: self
                .kept
                .iter()
                .filter(|kept| is(&kept.id))
                .cloned()
                .collect(),
            ..Self::default()
        }
    }

    /// Whether nothing becomes of anybody.
    pub(crate) fn is_idle(&self) -> bool {
        self.removed.is_empty() && self.forgiven.is_empty() && self.unstored.is_empty()
    }
}
