//! What each thread keeps at hand of the states in force, so that requests read and write no memory that another
//! thread writes while the states stay as they are.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::epoch::Shard;
use crate::glance::Glance;
use crate::in_force::Current;
use crate::prepared::Answers;

/// A state in force, as one thread has seen it last.
///
/// What every request needs is here, so that most need nothing else of the state.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) number: u64,
    /// If the service is open.
    pub(crate) open: Option<Glance>,
    /// Where the thread counts requests.
    pub(crate) shard: &'static Shard,
    pub(crate) current: Arc<Current>,
    /// The thread's own copy, made when it first refuses: a response counts references to what it shares.
    answers: OnceCell<Answers>,
}

impl Seen {
    pub(crate) fn new(current: Arc<Current>) -> Self {
        let is_open = current.policy.is_open();
        Self {
            number: current.number,
            open: is_open.then(|| Glance::new(&current.state)),
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

/// Where every thread keeps what it has seen of one handle; few handles share a place.
#[derive(Debug)]
pub(crate) struct Place(usize);

const PLACES: usize = 8;

thread_local! {
    static AT_HAND: [Cell<Option<Box<Seen>>>; PLACES] = const { [const { Cell::new(None) }; PLACES] };
}

impl Place {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed) % PLACES)
    }

    /// Looks at what is at hand if it is the latest, else at what one sees then.
    #[inline]
    pub(crate) fn look<R>(
        &self,
        is_latest: impl FnOnce(&Seen) -> bool,
        see: impl FnOnce() -> Seen,
        look: impl FnOnce(&Seen) -> R,
    ) -> R {
        let at_hand = self.exchange(None).filter(|seen| is_latest(seen));
        let seen = at_hand.unwrap_or_else(
            #[cold]
            || Box::new(see()),
        );
        let found = look(&seen);
        self.exchange(Some(seen));
        found
    }

    /// Puts `seen` in the place of what is at hand; a thread that ends has nothing at hand any more.
    #[inline]
    fn exchange(&self, seen: Option<Box<Seen>>) -> Option<Box<Seen>> {
        let exchange =
            |places: &[Cell<Option<Box<Seen>>>; PLACES]| places.get(self.0)?.replace(seen);
        AT_HAND.try_with(exchange).ok().flatten()
    }
}

/// A number for the current thread, which few share.
fn thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: usize = NEXT.fetch_add(1, Ordering::Relaxed));
    OWN.try_with(|own| *own).unwrap_or_default()
}
