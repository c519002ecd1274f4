use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use intermission_core::{Policy, State, Timestamp};

use crate::current::epoch::Epoch;

/// A state that is or was in force, its policy, and the requests that were admitted under it.
#[derive(Debug)]
pub struct Snapshot {
    /// Of all that this process has put in force, higher than those before.
    pub(crate) number: u64,
    /// The state, compiled.
    pub policy: Policy,
    /// The state.
    pub state: State,
    pub(crate) epoch: Arc<Epoch>,
}

impl Snapshot {
    pub(super) fn new(state: State, epoch: Arc<Epoch>) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            policy: Policy::compile(&state, now()),
            state,
            epoch,
        }
    }
}

/// The time by the wall clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
