//! Members and barriers, as the store keeps them and as they are in memory.

use std::collections::BTreeSet;
use std::time::Instant;

use intermission_core::State;

use crate::fleet::Barrier;
use crate::fleet::Member;
use crate::registry::published::Services;
use crate::store::StoredMember;
use crate::store::{OpenError, Store, StoreError, StoredBarrier};

/// A barrier as it stands after a restart, if its service and revision are known.
pub(super) fn resume(
    store: &Store,
    services: &Services,
    kept: StoredBarrier,
    now: Instant,
) -> Result<Option<Barrier>, OpenError> {
    let read = |revision| -> Result<Option<State>, StoreError> {
        let document = store.document(&kept.service, revision)?;
        Ok(document.and_then(|document| State::parse(document.as_bytes()).ok()))
    };
    let latest = services
        .get(&kept.service)
        .map(|service| service.state.revision);
    let (Some(latest), Some(state)) = (latest, read(kept.revision)?) else {
        return Ok(None);
    };
    let mut barrier = Barrier::new(
        kept.id.clone(),
        state,
        kept.wait.clone(),
        kept.actor.clone(),
        kept.began,
        now,
    );
    for revision in kept.revision + 1..=latest {
        match read(revision)? {
            Some(later) => barrier.note_later(&later),
            // What cannot be read may have admitted anybody.
            None => barrier.supersede(revision),
        }
    }
    Ok(Some(barrier))
}

/// A member as it stands after a restart: not heard yet.
pub(super) fn restore(stored: StoredMember, now: Instant) -> Member {
    Member {
        id: stored.id,
        kind: stored.kind,
        wait: stored.wait,
        lease: stored.lease,
        joined: stored.joined,
        stored_token: stored.token.clone(),
        token: stored.token,
        revoked: false,
        forgiven: BTreeSet::new(),
        heard: None,
        expected: now,
    }
}

/// What the store keeps of a member.
pub(super) fn stored_member(member: &Member) -> StoredMember {
    StoredMember {
        id: member.id.clone(),
        kind: member.kind.clone(),
        wait: member.wait,
        lease: member.lease,
        joined: member.joined,
        token: member.token.clone(),
    }
}

/// What the store keeps of a barrier.
pub(super) fn stored_barrier(barrier: &Barrier) -> StoredBarrier {
    StoredBarrier {
        id: barrier.id.clone(),
        service: barrier.service().to_owned(),
        revision: barrier.state.revision,
        wait: barrier.wait.clone(),
        actor: barrier.actor.clone(),
        began: barrier.began,
    }
}
