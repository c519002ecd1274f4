use std::cell::{Cell, OnceCell};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use intermission_core::Lasting;

use crate::current::epoch::Place;
use crate::current::shards::Shard;
use crate::current::snapshot::Snapshot;
use crate::http::Replies;

/// The state in force, as one thread has seen it last.
#[derive(Debug)]
pub(crate) struct Cached {
    number: u64,
    /// Whether the service is open, and no request is examined for health checks.
    pub(crate) is_open: bool,
    /// Where the thread counts requests.
    pub(crate) shard: &'static Shard,
    pub(crate) snapshot: Arc<Snapshot>,
    /// The thread's own copy, made when it first refuses: a response counts references to what it shares.
    replies: OnceCell<Replies>,
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

    pub(crate) fn replies(&self) -> &Replies {
        self.replies
            .get_or_init(|| Replies::prepare(&self.snapshot.policy))
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
