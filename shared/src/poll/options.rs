use core::time::Duration;

/// How a node polls.
#[derive(Clone, Copy, Debug)]
pub struct PollOptions {
    /// Pause between two polls where the server does not hold them, at most [`LONGEST`](Self::LONGEST); jittered by a tenth.
    pub interval: Duration,
    /// How long the server is asked to hold a poll (`Prefer: wait`, RFC 7240, section 4.3); whole
    /// seconds, at most [`LONGEST`](Self::LONGEST).
    pub wait: Duration,
    /// How long the last good state stays in force without an answer, before the node puts
    /// [`State::closed`](crate::State::closed) in its place; `None` is no lease. No pause and no wait is longer than a third
    /// of it.
    pub lease: Option<Duration>,
}

impl PollOptions {
    /// Longest interval and longest wait: a node that is heard less often cannot be waited for.
    pub const LONGEST: Duration = Duration::from_secs(5 * 60);

    /// The options as they are heeded.
    pub(super) fn fit(self) -> Self {
        Self {
            interval: self.at_most(self.interval.min(Self::LONGEST)),
            wait: self.at_most(self.wait.min(Self::LONGEST)),
            ..self
        }
    }

    pub(super) fn at_most(&self, time: Duration) -> Duration {
        self.lease.map_or(time, |lease| time.min(lease / 3))
    }
}

/// Polls every 5 s, or held for 10 s at a time, without a lease.
impl Default for PollOptions {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            wait: Duration::from_secs(10),
            lease: None,
        }
    }
}
