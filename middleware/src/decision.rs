use std::net::IpAddr;

use intermission_core::Verdict;

use crate::http::AddressSource;

/// The verdict about a request, the revision of the state that made it, and the client as the layer sees it.
///
/// In maintenance a layer [with extensions](crate::MaintenanceLayer::with_extensions) adds it to the extensions of every
/// response, and of every request that it admits. While the service is open it adds none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// The verdict; [`Verdict::rule`] is the name of the rule that decided.
    pub verdict: Verdict,
    /// The revision that was in force.
    pub revision: u64,
    /// The address of the client, with which the allowlist is compared; `None` if it is unknown.
    pub client: Option<IpAddr>,
    /// Where the layer takes this address from.
    pub source: AddressSource,
}
