//! The counters of requests, which no two threads share if that can be avoided.

use intermission_core::{Counts, Lasting, Running, Verdict};

use crate::current::sync::{AtomicU64, Ordering, add_then_fence};

/// The counts of one epoch: a shard for each thread or few, so that threads do not contend.
#[derive(Debug)]
pub(crate) struct Shards {
    first: Shard,
    others: Box<[Shard]>,
}

impl Shards {
    pub(crate) fn new(threads: usize) -> Self {
        Self {
            first: Shard::default(),
            others: (1..threads).map(|_| Shard::default()).collect(),
        }
    }

    pub(crate) fn of(&self, thread: usize) -> &Shard {
        let other = (thread % (self.others.len() + 1)).checked_sub(1);
        other
            .and_then(|place| self.others.get(place))
            .unwrap_or(&self.first)
    }

    pub(crate) fn are_idle(&self) -> bool {
        self.running(|_| false) == Running::default()
    }

    pub(crate) fn running(&self, spared: impl Fn(Lasting) -> bool) -> Running {
        let mut running = Running::default();
        for lasting in Lasting::ALL.into_iter().filter(|lasting| !spared(*lasting)) {
            for counter in self.all().map(|shard| shard.counter(lasting)) {
                running.requests += counter.running.load(Ordering::Acquire);
                running.upgraded += counter.upgraded.load(Ordering::Acquire);
            }
        }
        running
    }

    pub(crate) fn take_upgrades(&self) -> Option<Upgrades> {
        // What was counted as upgraded had been counted as running before.
        if self.running(|_| false).requests > 0 {
            return None;
        }
        Some(Upgrades(Lasting::ALL.map(|lasting| {
            let counters = self.all().map(|shard| shard.counter(lasting));
            let upgraded = counters.map(|counter| counter.upgraded.swap(0, Ordering::Acquire));
            (lasting, upgraded.sum())
        })))
    }

    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for shard in self.all() {
            for (rule, count) in Counts::rules().zip(&shard.decided) {
                counts.add(rule, count.load(Ordering::Relaxed));
            }
        }
        counts
    }

    /// Begins to count anew what rules decide. For shards that no epoch has.
    pub(crate) fn reset_counts(&self) {
        for count in self.all().flat_map(|shard| &shard.decided) {
            count.store(0, Ordering::Relaxed);
        }
    }

    fn all(&self) -> impl Iterator<Item = &Shard> {
        [&self.first].into_iter().chain(&self.others)
    }
}

/// Connections that were upgraded in an epoch, and whose end is not seen.
#[derive(Debug)]
pub(crate) struct Upgrades([(Lasting, u64); Lasting::ALL.len()]);

impl Upgrades {
    pub(crate) fn is_empty(&self) -> bool {
        self.running(|_| false) == Running::default()
    }

    pub(crate) fn add(&mut self, others: &Self) {
        for ((_, count), (_, more)) in self.0.iter_mut().zip(others.0) {
            *count += more;
        }
    }

    /// Those whose verdict lasts not as one of the `spared`.
    pub(crate) fn running(&self, spared: impl Fn(Lasting) -> bool) -> Running {
        let counts = self.0.iter().filter(|(lasting, _)| !spared(*lasting));
        Running {
            upgraded: counts.map(|(_, count)| count).sum(),
            ..Running::default()
        }
    }
}

/// The counts of one thread, for each [`Lasting`].
#[derive(Debug, Default)]
#[repr(align(128))] // Processors fetch lines of 64 bytes in pairs.
pub struct Shard {
    open: Counter,
    out_of_scope: Counter,
    read_only: Counter,
    exempt: Counter,
    probe: Counter,
    allowlisted: Counter,
    pass: Counter,
    application: Counter,
    /// How many requests each rule has decided about, in the order of [`Counts::rules`].
    decided: [AtomicU64; Counts::RULES],
}

#[derive(Debug, Default)]
struct Counter {
    running: AtomicU64,
    upgraded: AtomicU64,
}

impl Shard {
    /// Counts a request until the count is dropped. It is admitted only if what admits it is still the
    /// [`Latest`](crate::current::epoch::Latest) then.
    #[inline]
    pub(crate) fn count(&'static self, lasting: Lasting) -> Counted {
        let counter = self.counter(lasting);
        add_then_fence(&counter.running);
        Counted(counter)
    }

    /// Counts a verdict for the rule that has come to it.
    #[inline]
    pub fn count_rule(&self, verdict: Verdict) {
        if let Some(count) = Counts::place(verdict).and_then(|place| self.decided.get(place)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[inline]
    fn counter(&self, lasting: Lasting) -> &Counter {
        match lasting {
            Lasting::Open => &self.open,
            Lasting::OutOfScope => &self.out_of_scope,
            Lasting::ReadOnly => &self.read_only,
            Lasting::Exempt => &self.exempt,
            Lasting::Probe => &self.probe,
            Lasting::Allowlisted => &self.allowlisted,
            Lasting::Pass => &self.pass,
            Lasting::Application => &self.application,
        }
    }
}

/// A request that is counted for as long as this is there.
#[derive(Debug)]
pub struct Counted(&'static Counter);

impl Counted {
    /// Counts an upgraded connection whose end the caller does not see.
    pub fn leave_upgraded(&self) {
        self.0.upgraded.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Counted {
    #[inline]
    fn drop(&mut self) {
        // A thread that reads the lower count sees every effect of the request.
        self.0.running.fetch_sub(1, Ordering::Release);
    }
}
