use alloc::vec::Vec;

use serde::Serialize;

use crate::address::Cidr;

/// The addresses whose clients are admitted during maintenance while the list is enabled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Allowlist {
    /// Whether the list has an effect.
    pub enabled: bool,
    /// The blocks of addresses, which a disabled list keeps.
    pub cidrs: Vec<Cidr>,
}
