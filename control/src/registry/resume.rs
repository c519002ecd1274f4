use intermission_core::State;

use crate::fleet::Barrier;
use crate::registry::published::Services;
use crate::store::{KeptBarrier, OpenError, Store, StoreError};

/// A barrier as it stands after a restart, if its service and revision are known.
pub(super) fn resume(
    store: &Store,
    services: &Services,
    kept: KeptBarrier,
) -> Result<Option<Barrier>, OpenError> {
    let read = |revision| -> Result<Option<State>, StoreError> {
        let document = store.document(&kept.service, revision)?;
        Ok(document.and_then(|document| State::parse(document.as_bytes()).ok()))
    };
    let now = services
        .get(&kept.service)
        .map(|service| service.state.revision);
    let (Some(now), Some(state)) = (now, read(kept.revision)?) else {
        return Ok(None);
    };
    let mut barrier = Barrier::new(
        kept.id.clone(),
        state,
        kept.wait.clone(),
        kept.actor.clone(),
        kept.began,
    );
    for revision in kept.revision + 1..=now {
        match read(revision)? {
            Some(later) => barrier.follow(&later),
            // What cannot be read may have admitted anybody.
            None => barrier.supersede(revision),
        }
    }
    Ok(Some(barrier))
}
