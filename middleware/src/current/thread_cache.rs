use std::cell::{Cell, OnceCell};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::current::shards::Shard;
use crate::current::snapshot::Current;
use crate::http::{Answers, Glance};

/// A state in force, as one thread has seen it last.
///
/// What every request needs is here, so that most need nothing else of the state.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) number: u64,
    /// If the service is open, and the layer does not look closer.
    pub(crate) open: Option<Glance>,
    /// Where the thread counts requests.
    pub(crate) shard: &'static Shard,
    pub(crate) current: Arc<Current>,
    /// The thread's own copy, made when it first refuses: a response counts references to what it shares.
    answers: OnceCell<Answers>,
}

impl Seen {
    pub(crate) fn new(current: Arc<Current>, looks: bool) -> Self {
        let at_a_glance = current.policy.is_open() && !looks;
        Self {
            number: current.number,
            open: at_a_glance.then(|| Glance::new(&current.state)),
            shard: current.epoch.shard(thread()),
            current,
            answers: OnceCell::new(),
        }
    }

    pub(crate) fn answers(&self) -> &Answers {
        self.answers
            .get_or_init(|| Answers::prepare(&self.current.policy))
    }
}

/// The state that one thread has seen last.
#[derive(Default)]
pub(crate) struct AtHand(Cell<Option<Box<Seen>>>);

impl AtHand {
    /// Looks at what is at hand if it is the latest, else at what is seen then.
    #[inline]
    pub(crate) fn look<R>(
        &self,
        latest: u64,
        see: impl FnOnce() -> Seen,
        look: impl FnOnce(&Seen) -> R,
    ) -> R {
        let at_hand = self.0.take().filter(|seen| seen.number == latest);
        let seen = at_hand.unwrap_or_else(
            #[cold]
            || Box::new(see()),
        );
        let found = look(&seen);
        self.0.set(Some(seen));
        found
    }
}

impl fmt::Debug for AtHand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtHand").finish_non_exhaustive()
    }
}

/// A number for the current thread, which few share.
fn thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed));
    OWN.try_with(|own| *own).unwrap_or_default()
}
