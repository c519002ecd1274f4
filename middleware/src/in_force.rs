use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use intermission_core::{Policy, Reason, Running, State, Timestamp};

use crate::epoch::{Counted, Epoch, Latest};
use crate::seen::{Place, Seen};

/// The state in force, and what still runs of the requests that were admitted before it.
#[derive(Debug)]
pub(crate) struct InForce {
    latest: Latest,
    place: Place,
    current: ArcSwap<Current>,
    /// Held while one swaps.
    past: Mutex<Vec<Past>>,
}

/// A state, and what is made of it to judge requests.
#[derive(Debug)]
pub(crate) struct Current {
    /// Of all that this process has put in force, higher than those before.
    pub(crate) number: u64,
    pub(crate) policy: Policy,
    pub(crate) state: State,
    pub(crate) epoch: Arc<Epoch>,
}

/// A state that was in force, and in whose time requests were admitted that may still run.
#[derive(Debug)]
struct Past {
    state: State,
    epoch: Arc<Epoch>,
}

impl InForce {
    pub(crate) fn new(state: State) -> Self {
        let current = Current::new(state, Arc::new(Epoch::new()));
        Self {
            latest: Latest::new(current.number),
            place: Place::next(),
            current: ArcSwap::from_pointee(current),
            past: Mutex::default(),
        }
    }

    /// Looks at what is in force.
    #[inline]
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Seen) -> R) -> R {
        let latest = self.latest.number();
        let is_latest = |seen: &Seen| seen.number == latest;
        let see = || Seen::new(self.current.load_full());
        self.place.look(is_latest, see, look)
    }

    pub(crate) fn state(&self) -> State {
        self.current.load().state.clone()
    }

    /// Counts a request that what was `seen` admits for `reason`; `None` if that is not in force any more, and the
    /// request has to be judged again.
    #[inline]
    pub(crate) fn admit(&self, seen: &Seen, reason: Reason) -> Option<Counted> {
        let counted = seen.shard.count(reason);
        // Counted first, so that it cannot slip between.
        self.latest.is(seen.number).then_some(counted)
    }

    pub(crate) fn swap(&self, state: State) {
        #[cfg(feature = "metrics")]
        metrics::gauge!("intermission_revision").set(state.revision as f64);
        if let Some(state) = self.put(state) {
            tracing::info!(
                service = state.service.as_str(),
                revision = state.revision,
                maintenance = %state.maintenance,
                allowlist = state.allowlist.enabled,
                "state in force"
            );
        }
    }

    /// Renders the answers anew, as the announced end comes nearer.
    #[cfg(feature = "poller")]
    pub(crate) fn refresh(&self) {
        self.put(self.state());
    }

    pub(crate) fn running(&self) -> Running {
        let mut past = self.past();
        past.retain(|past| !past.epoch.has_ended());
        let current = self.current.load();
        past.iter().fold(Running::default(), |running, past| {
            running.and(past.running_under(&current.state))
        })
    }

    /// Whether nothing runs at all, whoever might refuse it.
    #[cfg(feature = "poller")]
    pub(crate) fn is_idle(&self) -> bool {
        let past = self.past();
        self.current.load().epoch.has_ended() && past.iter().all(|past| past.epoch.has_ended())
    }

    /// Puts `state` in force, and gives it back if it was not before.
    fn put(&self, state: State) -> Option<State> {
        let mut past = self.past();
        let current = self.current.load();
        let is_new = current.state != state;
        let epoch = if is_new {
            Arc::new(Epoch::new())
        } else {
            Arc::clone(&current.epoch)
        };
        let next = Current::new(state.clone(), epoch);
        let number = next.number;
        self.current.store(Arc::new(next));
        self.latest.announce(number);
        if !is_new {
            return None;
        }
        past.retain(|past| !past.epoch.has_ended());
        past.push(Past {
            state: current.state.clone(),
            epoch: Arc::clone(&current.epoch),
        });
        Some(state)
    }

    fn past(&self) -> MutexGuard<'_, Vec<Past>> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Current {
    fn new(state: State, epoch: Arc<Epoch>) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            policy: Policy::compile(&state, now()),
            state,
            epoch,
        }
    }
}

impl Past {
    /// What runs of it that `state` might refuse.
    fn running_under(&self, state: &State) -> Running {
        let spared = |reason| state.still_admits(reason, &self.state);
        let running = self.epoch.running(spared);
        let revision = if self.state.store == state.store {
            self.state.revision
        } else {
            // Before any of this store.
            0
        };
        let oldest = (running != Running::default()).then_some(revision);
        Running { oldest, ..running }
    }
}

/// The time by the wall clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
