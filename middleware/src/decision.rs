use intermission_core::Verdict;

/// What was decided about a request, and by which revision of the state.
///
/// A layer [with extensions](crate::MaintenanceLayer::with_extensions) puts it into those of every response that it
/// lets out in maintenance, and of every request that it admits then. While the service is open there is nothing to
/// decide, and none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What became of the request; [`Verdict::rule`] names the rule that decided.
    pub verdict: Verdict,
    /// The revision that was in force.
    pub revision: u64,
}
