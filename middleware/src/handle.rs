#[cfg(feature = "poller")]
use std::sync::Weak;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::{ArcSwap, Guard};
use bytes::Bytes;
use http::Response;
use intermission_core::{Mode, Policy, Reason, Reply, Running, ServiceName, State, Timestamp};

use crate::RequestGuard;
use crate::epoch::{Epoch, Latest};
use crate::prepared::Prepared;

/// The policy in force, shared by every layer that is given a clone.
///
/// A [`Poller`](crate::Poller) keeps it up to date; [`swap`](Self::swap) does it by hand.
#[derive(Clone, Debug)]
pub struct PolicyHandle(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    current: ArcSwap<Current>,
    latest: Latest,
    /// Held while one swaps.
    past: Mutex<Vec<Past>>,
}

/// A state that was in force, and in whose time requests were admitted that may still run.
#[derive(Debug)]
struct Past {
    state: State,
    epoch: Arc<Epoch>,
}

/// A state, and all that is made of it to answer requests.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) policy: Policy,
    prepared: Vec<Prepared>,
    state: State,
    epoch: Arc<Epoch>,
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

impl PolicyHandle {
    /// Begins with `state`.
    #[must_use]
    pub fn new(state: State) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let epoch = Arc::new(Epoch::new(0, threads));
        Self(Arc::new(Shared {
            current: ArcSwap::from_pointee(Current::new(state, epoch)),
            latest: Latest::new(),
            past: Mutex::default(),
        }))
    }

    /// Puts `state` in force for every request that comes from now on.
    ///
    /// Answers are rendered here, `Retry-After` too, which counts down to an announced end. A
    /// [`Poller`](crate::Poller) renders them anew as time passes; by hand, swap the same state again.
    pub fn swap(&self, state: State) {
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

    /// The state in force.
    #[must_use]
    pub fn state(&self) -> State {
        self.0.current.load().state.clone()
    }

    /// Renders the answers anew, as the announced end comes nearer.
    #[cfg(feature = "poller")]
    pub(crate) fn refresh(&self) {
        self.put(self.state());
    }

    /// What decides.
    pub(crate) fn current(&self) -> Guard<Arc<Current>> {
        self.0.current.load()
    }

    /// Counts a request that `current` admits for `reason`; `None` if that is not in force any more, and it
    /// has to be judged again.
    pub(crate) fn admit(&self, current: &Current, reason: Reason) -> Option<RequestGuard> {
        let counted = current.epoch.count(thread(), reason)?;
        // Counted first, so that it cannot slip between.
        self.0
            .latest
            .is(&current.epoch)
            .then(|| RequestGuard::new(counted))
    }

    /// What still runs of the requests that were admitted before the state in force, and that it would
    /// refuse.
    #[must_use]
    pub fn running(&self) -> Running {
        let mut past = self.past();
        past.retain(|past| !past.epoch.has_ended());
        let current = self.0.current.load();
        past.iter().fold(Running::default(), |running, past| {
            let spared = |reason| current.state.still_admits(reason, &past.state);
            let here = past.epoch.running(spared);
            let revision = if past.state.store == current.state.store {
                past.state.revision
            } else {
                // Older than any of this store.
                0
            };
            let oldest = (here != Running::default()).then_some(revision);
            running.and(Running { oldest, ..here })
        })
    }

    #[cfg(feature = "poller")]
    pub(crate) fn downgrade(&self) -> WeakHandle {
        WeakHandle(Arc::downgrade(&self.0))
    }

    /// Puts `state` in force, and gives it back if it was not before.
    fn put(&self, state: State) -> Option<State> {
        let mut past = self.past();
        let current = self.0.current.load();
        if current.state == state {
            let epoch = Arc::clone(&current.epoch);
            self.0.current.store(Arc::new(Current::new(state, epoch)));
            return None;
        }
        let epoch = Arc::new(current.epoch.next());
        let next = Current::new(state.clone(), Arc::clone(&epoch));
        self.0.current.store(Arc::new(next));
        self.0.latest.announce(&epoch);
        past.retain(|past| !past.epoch.has_ended());
        past.push(Past {
            state: current.state.clone(),
            epoch: Arc::clone(&current.epoch),
        });
        Some(state)
    }

    fn past(&self) -> MutexGuard<'_, Vec<Past>> {
        self.0.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A number for the current thread, few of which share one.
fn thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed));
    OWN.with(|own| *own)
}

/// Open, until told otherwise.
impl Default for PolicyHandle {
    fn default() -> Self {
        Self::new(State::initial(ServiceName::unknown(), Mode::Off))
    }
}

/// A handle that does not keep the policy alive.
#[cfg(feature = "poller")]
#[derive(Debug)]
pub(crate) struct WeakHandle(Weak<Shared>);

#[cfg(feature = "poller")]
impl WeakHandle {
    pub(crate) fn upgrade(&self) -> Option<PolicyHandle> {
        self.0.upgrade().map(PolicyHandle)
    }
}

/// The time by the wall clock.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_second(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
