//! What memory has to know of the waits that are open when control starts.

use std::collections::BTreeMap;

use crate::store::batch::{Step, StoredBarrier, StoredState};

/// The states of a service before its latest that could be read, by their revisions.
pub(super) type Earlier = BTreeMap<u64, StoredState>;

/// The first revision of a service that an open barrier waits for; the latest where none does.
pub(super) fn first_awaited(latest: &StoredState, barriers: &[StoredBarrier]) -> u64 {
    let own = barriers
        .iter()
        .filter(|barrier| barrier.service == latest.state.service.as_str());
    let first = own.map(|barrier| barrier.revision).min();
    first.unwrap_or(latest.state.revision)
}

/// The state of a service, after those that open barriers wait for and those in between, which may supersede them.
pub(super) fn with_barriers(
    latest: StoredState,
    barriers: &[StoredBarrier],
    mut earlier: Earlier,
) -> Vec<Step> {
    let (first, last) = (first_awaited(&latest, barriers), latest.state.revision);
    let service = latest.state.service.clone();
    earlier.insert(last, latest);
    let own = barriers
        .iter()
        .filter(|barrier| barrier.service == service.as_str());
    let mut steps = Vec::new();
    for (&revision, state) in earlier.range(first..=last) {
        steps.push(Step::Changed(Box::new(state.clone())));
        for barrier in own.clone().filter(|barrier| barrier.revision == revision) {
            // A state that cannot be read may have admitted any request.
            let mut later = revision + 1..last;
            steps.push(Step::BarrierBegan(StoredBarrier {
                superseded_by: later.find(|later| !earlier.contains_key(later)),
                ..barrier.clone()
            }));
        }
    }
    steps
}
