//! Counting requests, so that one knows when the last that a state admitted has ended.
//!
//! A request is counted in the epoch of the state that admits it, and *then* looks whether that state is
//! still the latest; if it is not, it takes its count back and is judged again. Whoever swaps the state
//! announces the new one, and *then* reads the counts of the old ones. A fence between the two steps
//! of each makes sure that at least one of them sees the other: a request that an old state admitted is
//! seen in its counts, and none slips between.

use intermission_core::{Counts, Reason, Running};

use crate::current::pool;
use crate::current::shards::{Shard, Shards, Upgrades};
use crate::current::sync::{AtomicU64, Ordering, fence};

/// The number of what is in force; what comes later has a higher one.
#[derive(Debug)]
pub(crate) struct Latest(AtomicU64);

impl Latest {
    pub(crate) fn new(number: u64) -> Self {
        Self(AtomicU64::new(number))
    }

    /// Says that `number` is in force; the counts of those before may be read from now on.
    pub(crate) fn announce(&self, number: u64) {
        self.0.store(number, Ordering::Release);
        fence(Ordering::SeqCst);
    }

    /// What was announced last, as far as one can see.
    pub(crate) fn number(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Whether nothing later than `number` has been announced. For a request that is counted already.
    pub(crate) fn is(&self, number: u64) -> bool {
        self.0.load(Ordering::SeqCst) <= number
    }
}

/// The time during which one state is in force, and the requests that were admitted in it.
#[derive(Debug)]
pub(crate) struct Epoch(&'static Shards);

impl Epoch {
    pub(crate) fn new() -> Self {
        Self(pool::take())
    }

    /// Where a thread counts, for as long as the epoch is there.
    pub(crate) fn shard(&self, thread: usize) -> &'static Shard {
        self.0.of(thread)
    }

    /// How many run that were admitted for a reason that is not among the `spared`.
    pub(crate) fn running(&self, spared: impl Fn(Reason) -> bool) -> Running {
        self.0.running(spared)
    }

    /// Whether nothing runs any more, and nothing may.
    pub(crate) fn has_ended(&self) -> bool {
        self.0.are_idle()
    }

    /// The upgraded connections, which are not counted here any more; `None` while something else runs. For an epoch
    /// whose state is in force no more.
    pub(crate) fn take_upgrades(&self) -> Option<Upgrades> {
        self.0.take_upgrades()
    }

    /// How many requests each rule has decided about.
    pub(crate) fn counts(&self) -> Counts {
        self.0.counts()
    }
}

impl Drop for Epoch {
    fn drop(&mut self) {
        pool::give_back(self.0);
    }
}
