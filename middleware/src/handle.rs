#[cfg(feature = "poller")]
use std::sync::Weak;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::{ArcSwap, Guard};
use bytes::Bytes;
use http::Response;
use intermission_core::{Mode, Policy, Reply, ServiceName, State, Timestamp};

use crate::prepared::Prepared;

/// The policy in force, shared by every layer that is given a clone.
///
/// A [`Poller`](crate::Poller) keeps it up to date; [`swap`](Self::swap) does it by hand.
#[derive(Clone, Debug)]
pub struct PolicyHandle(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Whether there is anything to decide, so that an open service costs one load.
    deciding: AtomicBool,
    current: ArcSwap<Current>,
    swapping: Mutex<()>,
}

/// A state, and all that is made of it to answer requests.
#[derive(Debug)]
pub(crate) struct Current {
    pub(crate) policy: Policy,
    prepared: Vec<Prepared>,
    state: State,
}

impl Current {
    fn new(state: State) -> Self {
        let policy = Policy::compile(&state, now());
        Self {
            prepared: policy.answers().map(Prepared::new).collect(),
            policy,
            state,
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
        let current = Current::new(state);
        Self(Arc::new(Shared {
            deciding: AtomicBool::new(!current.policy.is_open()),
            current: ArcSwap::from_pointee(current),
            swapping: Mutex::new(()),
        }))
    }

    /// Puts `state` in force for every request that comes from now on.
    ///
    /// Answers are rendered here, `Retry-After` too, which counts down to an announced end. A
    /// [`Poller`](crate::Poller) renders them anew as time passes; by hand, swap the same state again.
    pub fn swap(&self, state: State) {
        let before = self.put(Current::new(state.clone()));
        if before != state {
            tracing::info!(
                service = state.service.as_str(),
                revision = state.revision,
                maintenance = %state.maintenance,
                allowlist = state.allowlist.enabled,
                "state in force"
            );
        }
        #[cfg(feature = "metrics")]
        metrics::gauge!("intermission_revision").set(state.revision as f64);
    }

    /// The state in force.
    #[must_use]
    pub fn state(&self) -> State {
        self.0.current.load().state.clone()
    }

    /// Renders the answers anew, as the announced end comes nearer.
    #[cfg(feature = "poller")]
    pub(crate) fn refresh(&self) {
        self.put(Current::new(self.state()));
    }

    /// What decides, unless the service is open.
    pub(crate) fn deciding(&self) -> Option<Guard<Arc<Current>>> {
        // A request that comes while the state changes may see the one before or the one after.
        self.0
            .deciding
            .load(Ordering::Acquire)
            .then(|| self.0.current.load())
    }

    #[cfg(feature = "poller")]
    pub(crate) fn downgrade(&self) -> WeakHandle {
        WeakHandle(Arc::downgrade(&self.0))
    }

    /// Swaps, and gives the state that was in force before.
    fn put(&self, next: Current) -> State {
        let _one_at_a_time = self
            .0
            .swapping
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let deciding = !next.policy.is_open();
        let before = self.0.current.swap(Arc::new(next));
        self.0.deciding.store(deciding, Ordering::Release);
        before.state.clone()
    }
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
