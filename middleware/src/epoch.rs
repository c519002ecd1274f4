//! Counting requests, so that one knows when the last that a state admitted has ended.
//!
//! A request is counted in the epoch of the state that admits it, and *then* looks whether that epoch is
//! still the latest; if it is not, it takes its count back and is judged again. Whoever swaps the state
//! announces the new epoch, and *then* reads the counts of the old ones. A fence between the two steps
//! of each makes sure that at least one of them sees the other: a request that an old state admitted is
//! seen in its counts, and none slips between.

use intermission_core::{Reason, Running};

use crate::sync::{Arc, AtomicU64, Ordering, fence};

/// The number of the epoch that is in force.
#[derive(Debug)]
pub(crate) struct Latest(AtomicU64);

impl Latest {
    pub(crate) fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    /// Says that `epoch` is in force; the counts of those before may be read from now on.
    pub(crate) fn announce(&self, epoch: &Epoch) {
        self.0.store(epoch.number, Ordering::Release);
        fence(Ordering::SeqCst);
    }

    /// Whether no later epoch than `epoch` has been announced. For a request that is counted already.
    pub(crate) fn is(&self, epoch: &Epoch) -> bool {
        fence(Ordering::SeqCst);
        self.0.load(Ordering::Acquire) <= epoch.number
    }
}

/// The time during which one state is in force, and the requests that were admitted in it.
///
/// They are counted in shards, one for each thread or few, so that threads do not contend.
#[derive(Debug)]
pub(crate) struct Epoch {
    number: u64,
    shards: Box<[Arc<Shard>]>,
}

/// For each [`Reason`] how many requests run.
#[derive(Debug)]
#[repr(align(128))]
struct Shard {
    running: [AtomicU64; REASONS.len()],
    upgraded: [AtomicU64; REASONS.len()],
}

const REASONS: [Reason; 5] = [
    Reason::Open,
    Reason::OutOfScope,
    Reason::ReadOnly,
    Reason::Exempt,
    Reason::Allowlisted,
];

fn place(reason: Reason) -> usize {
    match reason {
        Reason::Open => 0,
        Reason::OutOfScope => 1,
        Reason::ReadOnly => 2,
        Reason::Exempt => 3,
        Reason::Allowlisted => 4,
    }
}

impl Epoch {
    pub(crate) fn new(number: u64, shards: usize) -> Self {
        let shard = || Shard {
            running: std::array::from_fn(|_| AtomicU64::new(0)),
            upgraded: std::array::from_fn(|_| AtomicU64::new(0)),
        };
        Self {
            number,
            shards: (0..shards.max(1)).map(|_| Arc::new(shard())).collect(),
        }
    }

    /// The epoch after this one.
    pub(crate) fn next(&self) -> Self {
        Self::new(self.number + 1, self.shards.len())
    }

    /// Counts a request until the count is dropped. It is admitted only if this epoch is still the
    /// [`Latest`] then.
    pub(crate) fn count(&self, thread: usize, reason: Reason) -> Option<Counted> {
        let shard = self.shards.get(thread % self.shards.len().max(1))?;
        let counted = Counted {
            shard: Arc::clone(shard),
            place: place(reason),
        };
        counted.add(&counted.shard.running);
        Some(counted)
    }

    /// How many run that were admitted for a reason that is not among the `spared`.
    pub(crate) fn running(&self, spared: impl Fn(Reason) -> bool) -> Running {
        let mut running = Running::default();
        for reason in REASONS.into_iter().filter(|reason| !spared(*reason)) {
            for shard in &self.shards {
                running.requests += read(&shard.running, place(reason));
                running.upgraded += read(&shard.upgraded, place(reason));
            }
        }
        running
    }

    /// Whether nothing runs any more, and nothing may.
    pub(crate) fn has_ended(&self) -> bool {
        self.running(|_| false) == Running::default()
    }
}

/// A request that is counted for as long as this is there.
#[derive(Debug)]
pub(crate) struct Counted {
    shard: Arc<Shard>,
    place: usize,
}

impl Counted {
    /// Counts a connection whose end nobody will see.
    pub(crate) fn leave_upgraded(&self) {
        self.add(&self.shard.upgraded);
    }

    fn add(&self, counts: &[AtomicU64]) {
        if let Some(count) = counts.get(self.place) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if let Some(count) = self.shard.running.get(self.place) {
            // Whoever reads the lower count sees all that the request has done.
            count.fetch_sub(1, Ordering::Release);
        }
    }
}

fn read(counts: &[AtomicU64], place: usize) -> u64 {
    counts
        .get(place)
        .map_or(0, |count| count.load(Ordering::Acquire))
}
