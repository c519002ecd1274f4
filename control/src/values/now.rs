use std::time::Instant;

use jiff::Timestamp;

/// A moment by both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// By the monotonic clock, which tells how long something takes.
    pub(crate) instant: Instant,
    /// By the wall clock, which operators read.
    pub(crate) time: Timestamp,
}

impl Now {
    /// Reads both clocks.
    pub(crate) fn read() -> Self {
        Self {
            instant: Instant::now(),
            time: Timestamp::now(),
        }
    }
}
