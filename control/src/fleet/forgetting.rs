use std::collections::BTreeSet;
use std::time::Instant;

use crate::fleet::member::Member;
use crate::wire::node::MemberId;

/// Which members an operator means.
#[derive(Clone, Debug)]
pub(crate) enum Selection {
    /// All of these names: what of them is lost, and the silent threads of what lives.
    Named(BTreeSet<String>),
    /// One process, whether it lives or not.
    Process(MemberId),
    /// All that are lost.
    Lost,
    /// Those of these processes that are still lost.
    Gone(BTreeSet<MemberId>),
    /// All whose last report came with the token of this name.
    Token(String),
    /// The nodes that could not be stored.
    Unstored,
}

impl Selection {
    pub(super) fn means(&self, member: &Member, now: Instant) -> bool {
        match self {
            Self::Named(names) => names.contains(&member.id.name),
            Self::Process(id) => member.id == *id,
            Self::Lost => member.is_lost(now),
            Self::Gone(ids) => ids.contains(&member.id) && member.is_lost(now),
            Self::Token(name) => member.token == *name,
            Self::Unstored => false,
        }
    }
}
