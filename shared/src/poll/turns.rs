use core::time::Duration;

use fastrand::Rng;

/// The largest number of endpoints.
pub(super) const MOST: usize = 8;

/// The endpoints of the polls in the order in which this node asks them. The first one is asked next.
///
/// The order is random, so that the nodes of an endpoint that fails go on to all the others alike.
#[derive(Debug)]
pub(super) struct Turns {
    seats: [Seat; MOST],
    count: usize,
    /// How many endpoints have failed in this round, or may not be asked in it.
    passed: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seat {
    endpoint: usize,
    /// The time before which the endpoint has asked not to be polled (`Retry-After`).
    not_before: Duration,
}

impl Turns {
    pub(super) fn new(count: usize, random: &mut Rng) -> Self {
        let mut turns = Self {
            seats: [Seat::default(); MOST],
            count: count.clamp(1, MOST),
            passed: 0,
        };
        for (endpoint, seat) in turns.seats.iter_mut().enumerate() {
            seat.endpoint = endpoint;
        }
        random.shuffle(turns.seats());
        turns
    }

    /// The number of endpoints.
    pub(super) fn count(&self) -> u32 {
        self.count as u32
    }

    /// The endpoint that is asked next, as its place in the configuration.
    pub(super) fn endpoint(&self) -> usize {
        self.seats.first().map_or(0, |seat| seat.endpoint)
    }

    /// Whether an endpoint of this round has failed.
    pub(super) fn is_after_failure(&self) -> bool {
        self.passed > 0
    }

    /// The endpoint has answered, and is asked again.
    pub(super) fn stay(&mut self) {
        self.passed = 0;
    }

    /// The endpoint has failed, and is not asked again before this time. Returns whether another one can be asked `now`;
    /// otherwise the round is over.
    pub(super) fn pass(&mut self, now: Duration, not_before: Duration) -> bool {
        if let Some(seat) = self.seats.first_mut() {
            seat.not_before = not_before;
        }
        while self.passed + 1 < self.count {
            self.passed += 1;
            self.seats().rotate_left(1);
            if self.not_before() <= now {
                return true;
            }
        }
        self.passed = 0;
        self.seats().rotate_left(1);
        false
    }

    /// Begins the next round at `earliest`, or when the first endpoint may be asked; returns that time.
    pub(super) fn begin(&mut self, earliest: Duration) -> Duration {
        let seats = self.seats();
        let ready = seats.iter().map(|seat| seat.not_before.max(earliest));
        let first = ready.enumerate().min_by_key(|(_, ready)| *ready);
        let (place, at) = first.unwrap_or((0, earliest));
        seats.rotate_left(place);
        at
    }

    fn not_before(&self) -> Duration {
        self.seats
            .first()
            .map_or(Duration::ZERO, |seat| seat.not_before)
    }

    fn seats(&mut self) -> &mut [Seat] {
        self.seats.get_mut(..self.count).unwrap_or_default()
    }
}
