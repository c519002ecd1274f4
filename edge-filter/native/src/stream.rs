use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use intermission_core::{Kind, LONGEST_PASS_FORM, Reply};
use intermission_native_abi::Waker;
use intermission_node::{Counted, Probe, Snapshot};

use crate::services::after;

/// What the filter keeps for a request with its response.
#[derive(Debug)]
pub(crate) enum Stream {
    /// Its headers have not come yet, or it is answered.
    Idle,
    /// It waits for the first state.
    Held,
    Admitted(Admitted),
    Reading(Reading),
}

/// An admitted request. It is counted until Envoy has passed the whole response on, or the connection has closed.
#[derive(Debug)]
pub(crate) struct Admitted {
    pub(crate) _counted: Counted,
    pub(crate) is_tester: bool,
    pub(crate) probe: Option<Box<Probe>>,
}

/// A request whose body is read before the answer: a refused one, or the form with a pass.
///
/// Over HTTP/1 Envoy answers and closes the connection while the client still sends, and so resets it; many clients
/// read the answer only after they have sent the body (RFC 9112, section 9.6).
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) purpose: Purpose,
    /// It is answered by the state that was in force when it came.
    pub(crate) snapshot: Arc<Snapshot>,
    length: u64,
    begun: Instant,
    heard: Instant,
    _place: Place,
}

/// Why a body is read.
#[derive(Debug)]
pub(crate) enum Purpose {
    /// So that the client gets the refusal.
    Refusal(Kind),
    /// It is the form of the page that takes passes; what has come of it.
    Form(Vec<u8>),
}

/// The longest pause of a body before its request is answered.
const PATIENCE: Duration = Duration::from_secs(1);
/// The longest time of a body before its request is answered.
const LONGEST: Duration = Duration::from_secs(10);
/// The most bodies that are read at a time; further requests are answered at once.
const MOST: usize = 1024;

impl Reading {
    /// Begins to read, unless too many bodies are read already. The waker is called when the body may have stalled.
    pub(crate) fn begin(
        purpose: Purpose,
        snapshot: Arc<Snapshot>,
        waker: Waker,
    ) -> Result<Self, (Purpose, Arc<Snapshot>)> {
        let Some(place) = Place::take() else {
            return Err((purpose, snapshot));
        };
        let now = Instant::now();
        after(PATIENCE, move || waker.wake());
        Ok(Self {
            purpose,
            snapshot,
            length: 0,
            begun: now,
            heard: now,
            _place: place,
        })
    }

    /// Takes note of a part of the body; whether enough was read.
    pub(crate) fn read(&mut self, length: usize) -> bool {
        self.heard = Instant::now();
        self.length = self.length.saturating_add(length as u64);
        let longest = match self.purpose {
            Purpose::Refusal(_) => Reply::LONGEST_READ,
            Purpose::Form(_) => LONGEST_PASS_FORM as u64,
        };
        self.length > longest
    }

    /// Whether the body has stalled. If not, the waker is called again when it may have.
    pub(crate) fn has_stalled(&self, waker: impl FnOnce() -> Waker) -> bool {
        let silent_until = self.heard + PATIENCE;
        let next = silent_until.min(self.begun + LONGEST);
        let left = next.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return true;
        }
        let waker = waker();
        after(left, move || waker.wake());
        false
    }
}

/// One of the bodies that are read at a time.
#[derive(Debug)]
struct Place(());

static TAKEN: AtomicUsize = AtomicUsize::new(0);

impl Place {
    fn take() -> Option<Self> {
        let place = Self(());
        // It is given back where there is none.
        (TAKEN.fetch_add(1, Ordering::Relaxed) < MOST).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        TAKEN.fetch_sub(1, Ordering::Relaxed);
    }
}
