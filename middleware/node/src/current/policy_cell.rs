use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
#[cfg(feature = "poller")]
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
#[cfg(feature = "poller")]
use intermission_core::{Counts, RequestView};
use intermission_core::{Lasting, Running, State};
use thread_local::ThreadLocal;
use tokio::sync::watch;

use crate::current::epoch::{Entry, Epoch, Latest};
use crate::current::lease::{Lease, Moment};
use crate::current::past::Past;
use crate::current::probes::Probes;
use crate::current::shards::Counted;
use crate::current::snapshot::Snapshot;
use crate::current::thread_cache::{Cached, ThreadCache};

/// The state in force, and what still runs of the requests that were admitted before it.
#[derive(Debug)]
pub struct PolicyCell {
    latest: Latest,
    /// What each thread has seen of the snapshot, so that requests read and write no memory that another thread writes
    /// while the state stays as it is.
    caches: ThreadLocal<ThreadCache>,
    snapshot: ArcSwap<Snapshot>,
    /// The number of the latest state that differs from the one before.
    changes: watch::Sender<u64>,
    /// Whether the endpoint has answered, where a poller asks one.
    answered: watch::Sender<bool>,
    /// The health checks that are noticed, where a poller reports them.
    probes: Option<Arc<Probes>>,
    /// Whether the node looks closer at requests, to notice them.
    looks: AtomicBool,
    /// Without one a state stays in force until another replaces it, and requests read no clock.
    lease: Option<Lease>,
    /// Held while one swaps.
    past: Mutex<Past>,
}

impl PolicyCell {
    pub(crate) fn new(state: State) -> Self {
        let snapshot = Snapshot::new(state, Arc::new(Epoch::new()));
        Self {
            latest: Latest::new(snapshot.number),
            changes: watch::Sender::new(snapshot.number),
            answered: watch::Sender::new(true),
            caches: ThreadLocal::new(),
            snapshot: ArcSwap::from_pointee(snapshot),
            probes: None,
            looks: AtomicBool::new(false),
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
            probes: Some(Arc::new(Probes::new(Instant::now()))),
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

    /// Whether there is a lease, so that each request reads the clocks.
    #[must_use]
    pub fn has_lease(&self) -> bool {
        self.lease.is_some()
    }

    #[cfg(feature = "poller")]
    pub(crate) fn lease(&self) -> Option<&Lease> {
        self.lease.as_ref()
    }

    /// Lets a request be judged by the state in force, and counts it until the count is dropped if it is admitted.
    ///
    /// `judge` says how long an admission lasts, or refuses the request, with data of the caller for either. It is called again
    /// if another state has come into force since it admitted the request.
    // The proof that no swap misses the request is with `Latest::enter`.
    #[inline]
    pub fn enter<A, R>(
        &self,
        mut judge: impl FnMut(&Cached) -> Entry<(Lasting, A), R>,
    ) -> Entry<(Counted, A), R> {
        self.check_lease();
        let cache = self.caches.get_or_default();
        self.latest.enter(|latest| {
            let load = || {
                let cached = Cached::new(self.snapshot.load_full());
                if self.looks() {
                    cached.examining()
                } else {
                    cached
                }
            };
            cache.with(latest, load, |cached| match judge(cached) {
                Entry::Admitted((lasting, admitted)) => {
                    Entry::Admitted((cached.place(lasting), admitted))
                }
                Entry::Refused(refused) => Entry::Refused(refused),
            })
        })
    }

    pub(crate) fn state(&self) -> State {
        self.snapshot.load().state.clone()
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
                return self.close(&mut past, lease, news.unwrap_or_else(|| self.last_state()));
            }
            lease.note_opened();
        }
        if let Some(state) = news.or_else(|| last.filter(|_| was_closed).cloned()) {
            self.put(&mut past, state);
        }
        self.answered.send_replace(true);
    }

    /// Puts a state in force that is no answer: it renews no lease.
    #[cfg(feature = "poller")]
    pub(crate) fn put_provisional(&self, state: &State) {
        let mut past = self.past();
        let is_closed = self.lease().is_some_and(Lease::is_closed);
        let state = if is_closed {
            state.closed()
        } else {
            state.clone()
        };
        if self.state() != state {
            self.put(&mut past, state);
        }
    }

    /// Closes the service if its lease has ended. Called before a request is judged too, because a task that watches the
    /// clock may be frozen, or gone with its runtime.
    #[inline]
    pub(crate) fn check_lease(&self) {
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

    /// The state in force, or the one before the lease has closed the service.
    #[cfg(feature = "poller")]
    pub(crate) fn last_state(&self) -> State {
        let closed = self.lease.as_ref().and_then(Lease::closed);
        closed.unwrap_or_else(|| self.state())
    }

    fn close(&self, past: &mut Past, lease: &Lease, state: State) {
        if !lease.is_closed() {
            tracing::error!(
                service = state.service.as_str(),
                revision = state.revision,
                "the lease has ended without an answer from the endpoint: closed until it answers"
            );
        }
        self.put(past, state.closed());
        lease.note_closed(state);
    }

    /// Refuses all that a closed service does, as no poller keeps the state up to date from now on.
    #[cfg(feature = "poller")]
    pub(crate) fn retire(&self) {
        let mut past = self.past();
        tracing::info!(
            "the node leaves: from now on only requests for exempt paths and those of probers pass"
        );
        self.replace(&mut past, self.state().closed());
    }

    /// Renders the answers anew, as the announced end comes nearer.
    #[cfg(feature = "poller")]
    pub(crate) fn refresh(&self) {
        self.put(&mut self.past(), self.state());
    }

    pub(crate) fn running(&self) -> Running {
        let mut past = self.past();
        past.running_under(&self.snapshot.load().state)
    }

    /// Begins or ends to look for health checks, as the time has come.
    #[cfg(feature = "poller")]
    pub(crate) fn turn_to_probes(&self) {
        let is_open = self.snapshot.load().policy.is_open();
        let probes = self.probes.as_ref();
        let looks = probes.is_some_and(|probes| probes.turn(Instant::now())) && is_open;
        if self.looks.swap(looks, Ordering::Relaxed) != looks {
            // Threads look at what is in force anew.
            self.refresh();
        }
    }

    #[inline]
    fn looks(&self) -> bool {
        self.looks.load(Ordering::Relaxed)
    }

    /// The health checks that are noticed, while the node looks for such.
    #[inline]
    #[must_use]
    pub fn probes(&self) -> Option<&Arc<Probes>> {
        self.probes.as_ref().filter(|_| self.looks())
    }

    /// The paths of health checks that maintenance would refuse, as they are reported.
    #[cfg(feature = "poller")]
    pub(crate) fn probed(&self) -> Vec<String> {
        let current = self.snapshot.load();
        let refuses = |path: &str, peer| {
            let headers: &[(&str, &[u8])] = &[];
            let view = RequestView {
                peer,
                ..RequestView::new(b"GET", path.as_bytes(), headers)
            };
            let lasting = current.policy.decide(&view).lasting;
            !matches!(lasting, Lasting::Exempt | Lasting::Probe)
        };
        let probes = self.probes.as_ref();
        probes.map_or_else(Vec::new, |probes| probes.noticed(refuses))
    }

    /// How many requests each rule has decided about since the state came into force.
    #[cfg(feature = "poller")]
    pub(crate) fn counts(&self) -> Counts {
        self.snapshot.load().epoch.counts()
    }

    /// Whether nothing runs at all, whatever the state that would refuse it.
    #[cfg(feature = "poller")]
    pub(crate) fn is_idle(&self) -> bool {
        let mut past = self.past();
        self.snapshot.load().epoch.has_ended() && past.is_idle()
    }

    fn put(&self, past: &mut Past, state: State) {
        let Some(next) = self.replace(past, state) else {
            return;
        };
        let state = &next.state;
        tracing::info!(
            service = state.service.as_str(),
            revision = state.revision,
            maintenance = %state.maintenance,
            allowlist = state.allowlist.enabled,
            "state in force"
        );
    }

    /// Puts a state in force; what is in force, if the state is another one than before.
    fn replace(&self, past: &mut Past, state: State) -> Option<Arc<Snapshot>> {
        let current = self.snapshot.load();
        let is_new = current.state != state;
        let epoch = if is_new {
            Arc::new(Epoch::new())
        } else {
            Arc::clone(&current.epoch)
        };
        let next = Arc::new(Snapshot::new(state, epoch));
        self.snapshot.store(Arc::clone(&next));
        self.latest.announce(next.number);
        #[cfg(feature = "metrics")]
        metrics::gauge!("intermission_revision").set(next.state.revision as f64);
        if !is_new {
            return None;
        }
        self.changes.send_replace(next.number);
        past.push(current.state.clone(), Arc::clone(&current.epoch));
        Some(next)
    }

    fn past(&self) -> MutexGuard<'_, Past> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
