//! How long a state may stay in force without an answer from the endpoint.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use intermission_core::State;
use tokio::sync::Notify;

/// One moment by two clocks: the monotonic one stands still while the machine sleeps, the wall clock can be set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    monotonic: Instant,
    wall: SystemTime,
}

impl Moment {
    pub(crate) fn now() -> Self {
        Self {
            monotonic: Instant::now(),
            wall: SystemTime::now(),
        }
    }
}

/// The lease on the state in force. It has ended when either clock says so.
#[derive(Debug)]
pub(crate) struct Lease {
    length: u64,
    /// When the monotonic clock is counted from.
    origin: Instant,
    /// End by the monotonic clock and by the wall clock, in nanoseconds.
    monotonic_end: AtomicU64,
    wall_end: AtomicU64,
    /// Whether the service is closed because the lease has ended.
    closed: AtomicBool,
    /// The state that was closed last.
    before: Mutex<Option<State>>,
    /// Notified when a request has found that the lease has ended.
    pub(crate) lapsed: Notify,
}

impl Lease {
    /// A lease that begins at `start`.
    pub(crate) fn new(length: Duration, start: Moment) -> Self {
        let lease = Self {
            length: nanoseconds(length),
            origin: start.monotonic,
            monotonic_end: AtomicU64::new(0),
            wall_end: AtomicU64::new(0),
            closed: AtomicBool::new(false),
            before: Mutex::default(),
            lapsed: Notify::new(),
        };
        lease.renew(start);
        lease
    }

    /// Begins anew at `start`: when the poll was sent that has been answered.
    pub(crate) fn renew(&self, start: Moment) {
        let end = |elapsed: u64| elapsed.saturating_add(self.length);
        let (monotonic, wall) = self.elapsed(start);
        self.monotonic_end.store(end(monotonic), Ordering::Relaxed);
        self.wall_end.store(end(wall), Ordering::Relaxed);
    }

    pub(crate) fn has_ended(&self, now: Moment) -> bool {
        let (monotonic, wall) = self.elapsed(now);
        monotonic >= self.monotonic_end.load(Ordering::Relaxed)
            || wall >= self.wall_end.load(Ordering::Relaxed)
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Takes note that the service is closed, and of the state that it would be in otherwise.
    pub(crate) fn note_closed(&self, before: State) {
        *self.before() = Some(before);
        self.closed.store(true, Ordering::Release);
    }

    /// The state before the lease has closed the service, if it has.
    #[cfg(feature = "poller")]
    pub(crate) fn closed(&self) -> Option<State> {
        let before = self.is_closed().then(|| self.before().clone());
        before.flatten()
    }

    fn before(&self) -> MutexGuard<'_, Option<State>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(feature = "poller")]
    pub(crate) fn note_opened(&self) {
        self.closed.store(false, Ordering::Release);
    }

    fn elapsed(&self, moment: Moment) -> (u64, u64) {
        let monotonic = moment.monotonic.saturating_duration_since(self.origin);
        let wall = moment.wall.duration_since(UNIX_EPOCH).unwrap_or_default();
        (nanoseconds(monotonic), nanoseconds(wall))
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn later(start: Moment, monotonic: Duration, wall: Duration) -> Moment {
        Moment {
            monotonic: start.monotonic + monotonic,
            wall: start.wall + wall,
        }
    }

    #[test]
    fn a_lease_has_ended_when_either_clock_says_so() {
        let start = Moment::now();
        let lease = Lease::new(10 * SECOND, start);
        for (monotonic, wall, ended) in [
            (0, 0, false),
            (9, 9, false),
            (10, 10, true),
            // The machine slept, or its wall clock was set forward.
            (1, 10, true),
            // The wall clock was set back, or stood still.
            (10, 1, true),
            (9, 0, false),
        ] {
            let now = later(start, monotonic * SECOND, wall * SECOND);
            assert_eq!(lease.has_ended(now), ended, "{monotonic} {wall}");
        }
        let back = Moment {
            wall: start.wall - 100 * SECOND,
            ..later(start, 10 * SECOND, Duration::ZERO)
        };
        assert!(lease.has_ended(back));
    }

    #[test]
    fn a_renewed_lease_begins_when_the_poll_was_sent() {
        let start = Moment::now();
        let lease = Lease::new(10 * SECOND, start);
        lease.renew(later(start, 8 * SECOND, 8 * SECOND));
        let at = |seconds: u32| later(start, seconds * SECOND, seconds * SECOND);
        assert!(!lease.has_ended(at(17)));
        assert!(lease.has_ended(at(18)));
    }

    #[test]
    fn no_lease_is_too_long() {
        let start = Moment::now();
        let lease = Lease::new(Duration::MAX, start);
        assert!(!lease.has_ended(later(start, 1_000_000 * SECOND, 1_000_000 * SECOND)));
    }
}
