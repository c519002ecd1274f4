use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use intermission_core::{Lasting, Policy};

use crate::current::epoch::Place;
use crate::current::shards::Shard;
use crate::current::snapshot::Snapshot;

/// The state in force, as one thread has seen it last.
#[derive(Debug)]
pub struct Cached {
    number: u64,
    /// Whether the service is open, and no request is examined for health checks.
    pub is_open: bool,
    /// Where the thread counts requests.
    pub shard: &'static Shard,
    /// The state and its policy.
    pub snapshot: Arc<Snapshot>,
    /// The thread's own replies, made when it first refuses.
    replies: OnceCell<Box<dyn Any + Send>>,
}

impl Cached {
    pub(crate) fn new(snapshot: Arc<Snapshot>) -> Self {
        Self {
            number: snapshot.number,
            is_open: snapshot.policy.is_open(),
            shard: snapshot.epoch.shard(thread()),
            snapshot,
            replies: OnceCell::new(),
        }
    }

    /// Requests are examined for health checks while the service is open, too.
    pub(crate) fn examining(self) -> Self {
        Self {
            is_open: false,
            ..self
        }
    }

    /// Calls `reply` with what `prepare` makes of the policy: the replies in the form in which the server sends them.
    ///
    /// A thread makes its own once for each state, since a response counts references to what it shares.
    pub fn with_replies<R, T>(&self, prepare: fn(&Policy) -> R, reply: impl FnOnce(&R) -> T) -> T
    where
        R: Any + Send,
    {
        let make = || prepare(&self.snapshot.policy);
        let replies = self.replies.get_or_init(|| Box::new(make()));
        match replies.downcast_ref() {
            Some(replies) => reply(replies),
            // Another kind of server enforces the same policy.
            None => reply(&make()),
        }
    }

    /// Where a request is to be counted that this state admits.
    #[inline]
    pub(crate) fn place(&self, lasting: Lasting) -> Place {
        Place {
            number: self.number,
            shard: self.shard,
            lasting,
        }
    }
}

/// The cache of one thread.
#[derive(Default)]
pub(crate) struct ThreadCache(Cell<Option<Box<Cached>>>);

impl ThreadCache {
    /// Shows what is cached if it is the `latest`, else what is loaded then.
    #[inline]
    pub(crate) fn with<R>(
        &self,
        latest: u64,
        load: impl FnOnce() -> Cached,
        show: impl FnOnce(&Cached) -> R,
    ) -> R {
        let cached = self.0.take().filter(|cached| cached.number == latest);
        let cached = cached.unwrap_or_else(
            #[cold]
            || Box::new(load()),
        );
        let shown = show(&cached);
        self.0.set(Some(cached));
        shown
    }
}

impl fmt::Debug for ThreadCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadCache").finish_non_exhaustive()
    }
}

/// A number for the current thread, which few share.
fn thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed));
    OWN.try_with(|own| *own).unwrap_or_default()
}
