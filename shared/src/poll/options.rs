use core::time::Duration;

/// The options of polls. To set some, change the fields of the default.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct PollOptions {
    /// The pause between two polls if the server does not hold them, at most [`LONGEST`](Self::LONGEST); jittered by a tenth.
    pub interval: Duration,
    /// The time for which the server is asked to hold a poll (`Prefer: wait`, RFC 7240, section 4.3); whole seconds, at most
    /// [`LONGEST`](Self::LONGEST).
    pub wait: Duration,
    /// The time without an answer after which the node replaces the last good state with
    /// [`State::closed`](crate::State::closed); `None` is no lease. No pause and no wait is longer than a third of it.
    pub lease: Option<Duration>,
}

impl PollOptions {
    /// The longest interval and the longest wait, because a barrier cannot wait for a node that reports less often.
    pub const LONGEST: Duration = Duration::from_secs(5 * 60);

    /// The options within their limits.
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

/// A poll every 5 s, or polls held for 10 s, without a lease.
impl Default for PollOptions {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            wait: Duration::from_secs(10),
            lease: None,
        }
    }
}
