use core::time::Duration;

use fastrand::Rng;

use crate::poll::options::PollOptions;

/// The longest pause between two polls, after any number of failures and with any `Retry-After`.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// The shortest pause after a failure.
pub(super) const SHORTEST_PAUSE: Duration = Duration::from_millis(50);

/// The pauses between polls: jittered while polls are answered, with exponential backoff after failures.
#[derive(Debug)]
pub(super) struct Pauses {
    options: PollOptions,
    random: Rng,
    failures: u32,
}

impl Pauses {
    pub(super) fn new(options: PollOptions, seed: u64) -> Self {
        Self {
            options,
            random: Rng::with_seed(seed),
            failures: 0,
        }
    }

    /// Whether the last round has failed.
    pub(super) fn is_after_failure(&self) -> bool {
        self.failures > 0
    }

    /// Ends the backoff.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The interval, jittered by a tenth.
    pub(super) fn interval(&mut self) -> Duration {
        self.options.interval.mul_f64(0.9 + 0.2 * self.random.f64())
    }

    /// The pause after one more round of failures: full jitter, and no more than the `longest`.
    pub(super) fn after_failure(&mut self, longest: Duration) -> Duration {
        let base = self.options.interval.min(Duration::from_secs(1));
        let ceiling = base.saturating_mul(1 << self.failures.min(5)).min(longest);
        self.failures = self.failures.saturating_add(1);
        let pause = ceiling.mul_f64(self.random.f64());
        pause.max(SHORTEST_PAUSE).min(longest)
    }

    pub(super) fn random(&mut self) -> &mut Rng {
        &mut self.random
    }
}
