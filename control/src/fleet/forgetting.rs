use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fleet::{Member, MemberId};

/// A member of which an operator knows more than control does, and the threads whose silence is answered for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Forgotten {
    #[serde(flatten)]
    pub(crate) id: MemberId,
    pub(crate) silent: BTreeSet<String>,
}

/// What becomes of the members that an operator wants to be forgotten: the wire between control and the command.
///
/// Old requests may run on whoever lives, so that by its name alone only what is lost is removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Forgetting {
    /// They are waited for no more.
    pub(crate) removed: Vec<Forgotten>,
    /// They live and are waited for, but not their threads that are silent.
    pub(crate) forgiven: Vec<Forgotten>,
    /// They live, and are waited for as before.
    pub(crate) kept: Vec<Kept>,
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
    /// Takes a member, which `goes` or stays.
    pub(super) fn add(&mut self, member: &Member, goes: bool) {
        let forgotten = member.forget();
        if goes {
            self.removed.push(forgotten);
        } else if forgotten.silent.is_empty() {
            self.kept.push(Kept {
                id: forgotten.id,
                heard: member.heard.as_ref().map(|heard| heard.time),
            });
        } else {
            self.forgiven.push(forgotten);
        }
    }

    /// Whether nothing becomes of anybody.
    pub(crate) fn is_idle(&self) -> bool {
        self.removed.is_empty() && self.forgiven.is_empty()
    }
}
