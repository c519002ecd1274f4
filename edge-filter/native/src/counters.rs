use intermission_core::Verdict;
use intermission_edge::{COUNTERS, counter_of};
use intermission_native_abi::{Counter, Definitions, Request};

/// Envoy's counters of decisions.
#[derive(Debug)]
pub(crate) struct Counters([Counter; COUNTERS.len()]);

impl Counters {
    pub(crate) fn define(definitions: &Definitions<'_>) -> Self {
        Self(COUNTERS.map(|(name, _)| definitions.counter(name)))
    }

    pub(crate) fn count(&self, request: &Request<'_>, verdict: Verdict) {
        if let Some(counter) = counter_of(verdict).and_then(|place| self.0.get(place)) {
            request.count(*counter);
        }
    }
}
