use core::time::Duration;

use fastrand::Rng;

/// The largest number of endpoints.
pub(super) const MOST: usize = 8;

/// The endpoints of the polls, and which of them is asked.
///
/// After a failure the next one is drawn, so that the nodes of an endpoint that fails go on to all the others alike.
#[derive(Debug)]
pub(super) struct Turns {
    /// For each endpoint, the time before which it has asked not to be polled (`Retry-After`).
    not_before: [Duration; MOST],
    count: usize,
    endpoint: usize,
    /// The endpoints that have failed in this round, one bit each.
    failed: u32,
}

impl Turns {
    pub(super) fn new(count: usize, random: &mut Rng) -> Self {
        let mut turns = Self {
            not_before: [Duration::ZERO; MOST],
            count: count.clamp(1, MOST),
            endpoint: 0,
            failed: 0,
        };
        turns.draw(Duration::ZERO, random);
        turns
    }

    /// The number of endpoints.
    pub(super) fn count(&self) -> u32 {
        self.count as u32
    }

    /// The endpoint that is asked next, as its place in the configuration.
    pub(super) fn endpoint(&self) -> usize {
        self.endpoint
    }

    /// Whether an endpoint of this round has failed.
    pub(super) fn is_after_failure(&self) -> bool {
        self.failed > 0
    }

    /// The endpoint has answered, and is asked again.
    pub(super) fn stay(&mut self) {
        self.failed = 0;
    }

    /// The endpoint has failed, and is not asked again before this time. Returns whether another one can be asked `now`;
    /// otherwise the round is over.
    pub(super) fn pass(&mut self, now: Duration, not_before: Duration, random: &mut Rng) -> bool {
        self.failed |= 1 << self.endpoint;
        if let Some(known) = self.not_before.get_mut(self.endpoint) {
            *known = not_before;
        }
        self.draw(now, random)
    }

    /// Begins the next round at `earliest`, or when the first endpoint may be asked; returns that time.
    pub(super) fn begin(&mut self, earliest: Duration, random: &mut Rng) -> Duration {
        self.failed = 0;
        let first = self.not_before.iter().take(self.count).min();
        let at = first.map_or(earliest, |first| earliest.max(*first));
        self.draw(at, random);
        at
    }

    /// Draws one of the endpoints that may be asked `now` and have not failed in this round, if there is one.
    fn draw(&mut self, now: Duration, random: &mut Rng) -> bool {
        let mut ready = 0.0;
        for (endpoint, not_before) in self.not_before.iter().take(self.count).enumerate() {
            if self.failed & (1 << endpoint) == 0 && *not_before <= now {
                ready += 1.0;
                // The nth one replaces the one before with a probability of 1/n, so that all are alike.
                if random.f64() * ready < 1.0 {
                    self.endpoint = endpoint;
                }
            }
        }
        ready > 0.0
    }
}
