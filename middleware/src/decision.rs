use intermission_core::Verdict;

/// What was decided about a request, and by which revision of the state.
///
/// It is in the extensions of every response that the layer lets out in maintenance, and in those of
/// every request that it admits then. While the service is open there is nothing to decide, and none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What became of the request; [`Verdict::rule`] names the rule that decided.
    pub verdict: Verdict,
    /// The revision that was in force.
    pub revision: u64,
}
