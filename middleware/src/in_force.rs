use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::{ArcSwap, Guard};
use bytes::Bytes;
use http::Response;
use intermission_core::{Policy, Reason, Reply, Running, State, Timestamp};

use crate::epoch::{Counted, Epoch, Latest};
use crate::prepared::Prepared;

/// The state in force, and what still runs of the requests that were admitted before it.
#[derive(Debug)]
pub(crate) struct InForce {
    current: ArcSwap<Current>,
    latest: Latest,
    /// Held while one swaps.
    past: Mutex<Vec<Past>>,
}

/// A state, and all that is made of it to answer requests.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) policy: Policy,
    prepared: Vec<Prepared>,
    state: State,
    epoch: Arc<Epoch>,
}

/// A state that was in force, and in whose time requests were admitted that may still run.
#[derive(Debug)]
struct Past {
    state: State,
    epoch: Arc<Epoch>,
}

impl InForce {
    pub(crate) fn new(state: State) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let epoch = Arc::new(Epoch::new(0, threads));
        Self {
            current: ArcSwap::from_pointee(Current::new(state, epoch)),
            latest: Latest::new(),
            past: Mutex::default(),
        }
    }

    /// What decides.
    pub(crate) fn current(&self) -> Guard<Arc<Current>> {
        self.current.load()
    }

    pub(crate) fn state(&self) -> State {
        self.current.load().state.clone()
    }

    /// Counts a request that `current` admits for `reason`; `None` if that is not in force any more, and the
    /// request has to be judged again.
    pub(crate) fn admit(&self, current: &Current, reason: Reason) -> Option<Counted> {
        let counted = current.epoch.count(thread(), reason)?;
        // Counted first, so that it cannot slip between.
        let is_in_force = self.latest.is(&current.epoch);
        is_in_force.then_some(counted)
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
        if current.state == state {
            let epoch = Arc::clone(&current.epoch);
            self.current.store(Arc::new(Current::new(state, epoch)));
            return None;
        }
        let epoch = Arc::new(current.epoch.next());
        let next = Current::new(state.clone(), Arc::clone(&epoch));
        self.current.store(Arc::new(next));
        self.latest.announce(&epoch);
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
        let policy = Policy::compile(&state, now());
        Self {
            prepared: policy.answers().map(Prepared::new).collect(),
            policy,
            state,
            epoch,
        }
    }

    pub(crate) fn respond(&self, reply: &Reply<'_>) -> Response<Bytes> {
        match self.prepared.get(reply.answer().index()) {
            Some(prepared) => prepared.respond(reply),
            None => Prepared::new(reply.answer()).respond(reply),
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

/// A number for the current thread, which few share.
fn thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed));
    OWN.with(|own| *own)
}

/// The time by the wall clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
