//! Counting requests, so that a node knows when the last one that a state admitted has ended.
//!
//! [`Latest::enter`] counts a request in the epoch of the state that admits it, and *then* looks whether that state is
//! still the latest. If it is not, the request loses its count and is judged again. A swap of the state announces the new
//! one, and *then* reads the counts of the old ones. A fence between the two steps of each makes sure that at least one of
//! them sees the other: either the swap sees the count, or the request sees the new state.

use intermission_core::{Counts, Lasting, Running};

use crate::current::pool;
use crate::current::shards::{Counted, Shard, Shards, Upgrades};
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

    /// Lets a request be judged, and counts it if it is admitted.
    ///
    /// `judge` gets the number that was announced last, and says where to count a request that it admits. It judges again if
    /// another state has come into force by the time that the request is counted.
    #[inline]
    pub(crate) fn enter<A, R>(
        &self,
        mut judge: impl FnMut(u64) -> Entry<(Place, A), R>,
    ) -> Entry<(Counted, A), R> {
        loop {
            match judge(self.0.load(Ordering::Acquire)) {
                Entry::Admitted((place, admitted)) => {
                    let counted = place.shard.count(place.lasting);
                    // Counted first, so that it cannot slip between.
                    if self.is(place.number) {
                        return Entry::Admitted((counted, admitted));
                    }
                }
                Entry::Refused(refused) => return Entry::Refused(refused),
            }
        }
    }

    /// Whether nothing later than `number` has been announced. For a request that is counted already.
    #[inline]
    pub(crate) fn is(&self, number: u64) -> bool {
        self.0.load(Ordering::SeqCst) <= number
    }
}

/// Whether a request is admitted or refused, with the data of the caller for either.
#[derive(Debug)]
pub enum Entry<A, R> {
    /// The request is admitted.
    Admitted(A),
    /// The request is refused.
    Refused(R),
}

/// Where an admitted request is to be counted, and for which state.
#[derive(Debug)]
pub(crate) struct Place {
    /// The number of the state that admits it.
    pub(crate) number: u64,
    pub(crate) shard: &'static Shard,
    pub(crate) lasting: Lasting,
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

    /// How many requests run whose verdict lasts not as one of the `spared`.
    pub(crate) fn running(&self, spared: impl Fn(Lasting) -> bool) -> Running {
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
