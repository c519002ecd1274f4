use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "poller")]
use std::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use intermission_core::{Policy, Reason, Running, State, Timestamp};
use tokio::sync::watch;

use crate::epoch::{Counted, Epoch, Latest};
use crate::lease::{Lease, Moment};
use crate::seen::{Place, Seen};

/// The state in force, and what still runs of the requests that were admitted before it.
#[derive(Debug)]
pub(crate) struct InForce {
    latest: Latest,
    place: Place,
    current: ArcSwap<Current>,
    /// The number of the latest state that differs from the one before.
    changes: watch::Sender<u64>,
    /// Whether the endpoint has answered, where a poller asks one.
    answered: watch::Sender<bool>,
    /// Without one a state stays in force until another replaces it, and requests read no clock.
    lease: Option<Lease>,
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
            changes: watch::Sender::new(current.number),
            answered: watch::Sender::new(true),
            place: Place::next(),
            current: ArcSwap::from_pointee(current),
            lease: None,
            past: Mutex::default(),
        }
    }

    /// Provisional until the first answer, and closed when none has come for as long as the `lease`.
    #[cfg(feature = "poller")]
    pub(crate) fn polled(self, lease: Option<Duration>) -> Self {
        let start = Moment::now();
        Self {
            answered: watch::Sender::new(false),
            lease: lease.map(|length| Lease::new(length, start)),
            ..self
        }
    }

    /// Sees whether the endpoint has answered.
    pub(crate) fn answered(&self) -> watch::Receiver<bool> {
        self.answered.subscribe()
    }

    /// Sees when another state comes into force than the one that is.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
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
        self.put(&mut self.past(), state);
    }

    /// Takes an answer to a poll that was sent at `sent`: the `news`, or that the `last` state stays as it is.
    #[cfg(feature = "poller")]
    pub(crate) fn answer(&self, sent: Moment, news: Option<State>, last: Option<&State>) {
        let mut past = self.past();
        let was_closed = self.lease().is_some_and(Lease::is_closed);
        if let Some(lease) = &self.lease {
            lease.renew(sent);
            // An answer may come so late that the lease which it renews has ended as well.
            if lease.has_ended(Moment::now()) {
                return self.close(&mut past, lease, news.unwrap_or_else(|| self.state()));
            }
            lease.set_closed(false);
        }
        if let Some(state) = news.or_else(|| last.filter(|_| was_closed).cloned()) {
            self.put(&mut past, state);
        }
        self.answered.send_replace(true);
    }

    /// Closes the service if its lease has ended. Called before a request is judged, because a task that watches the
    /// clock may be frozen, or gone with its runtime.
    #[inline]
    pub(crate) fn heed_lease(&self) {
        if let Some(lease) = &self.lease
            && !lease.is_closed()
            && lease.has_ended(Moment::now())
        {
            self.lapse(lease);
        }
    }

    #[cold]
    fn lapse(&self, lease: &Lease) {
        let mut past = self.past();
        // Another may have closed it meanwhile, or an answer come.
        if !lease.is_closed() && lease.has_ended(Moment::now()) {
            self.close(&mut past, lease, self.state());
            lease.lapsed.notify_one();
        }
    }

    fn close(&self, past: &mut Vec<Past>, lease: &Lease, state: State) {
        if !lease.is_closed() {
            tracing::error!(
                service = state.service.as_str(),
                revision = state.revision,
                "the lease has ended without an answer from the endpoint: closed until it answers"
            );
        }
        self.put(past, state.closed());
        lease.set_closed(true);
    }

    /// Renders the answers anew, as the announced end comes nearer.
    #[cfg(feature = "poller")]
    pub(crate) fn refresh(&self) {
        self.put(&mut self.past(), self.state());
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

    fn put(&self, past: &mut Vec<Past>, state: State) {
        let current = self.current.load();
        let is_new = current.state != state;
        let epoch = if is_new {
            Arc::new(Epoch::new())
        } else {
            Arc::clone(&current.epoch)
        };
        let next = Arc::new(Current::new(state, epoch));
        self.current.store(Arc::clone(&next));
        self.latest.announce(next.number);
        #[cfg(feature = "metrics")]
        metrics::gauge!("intermission_revision").set(next.state.revision as f64);
        if !is_new {
            return;
        }
        self.changes.send_replace(next.number);
        past.retain(|past| !past.epoch.has_ended());
        past.push(Past {
            state: current.state.clone(),
            epoch: Arc::clone(&current.epoch),
        });
        tracing::info!(
            service = next.state.service.as_str(),
            revision = next.state.revision,
            maintenance = %next.state.maintenance,
            allowlist = next.state.allowlist.enabled,
            "state in force"
        );
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
        let (before, now) = (&self.state, state);
        let revision = if before.store == now.store && before.service == now.service {
            before.revision
        } else {
            // Before any of this store and service.
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
