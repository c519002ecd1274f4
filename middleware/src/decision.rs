use intermission_core::Verdict;

/// The verdict about a request, and the revision of the state that made it.
///
/// In maintenance a layer [with extensions](crate::MaintenanceLayer::with_extensions) adds it to the extensions of every
/// response, and of every request that it admits. While the service is open it adds none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The verdict; [`Verdict::rule`] is the name of the rule that decided.
    pub verdict: Verdict,
    /// The revision that was in force.
    pub revision: u64,
}
