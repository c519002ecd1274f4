use alloc::vec::Vec;

use serde::Serialize;

use crate::address::Cidr;
use crate::state::pass::Pass;
use crate::state::timestamp::Timestamp;

/// The clients that are admitted during maintenance while the list is enabled, by their addresses and by passes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Allowlist {
    /// Whether the list has an effect.
    pub enabled: bool,
    /// The blocks of addresses, which a disabled list keeps.
    pub cidrs: Vec<Cidr>,
    /// The passes, at most [`MOST_PASSES`](Self::MOST_PASSES), which a disabled list keeps.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passes: Vec<Pass>,
}

impl Allowlist {
    /// The most passes of a list.
    pub const MOST_PASSES: usize = 1000;

    /// Whether the list is enabled and has a pass that has not ended.
    pub(crate) fn has_pass_at(&self, now: Timestamp) -> bool {
        self.enabled && self.passes.iter().any(|pass| !pass.has_ended(now))
    }
}
