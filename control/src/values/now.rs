use std::time::Instant;

use jiff::{Timestamp, Unit};

/// A moment by both clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// By the monotonic clock, which tells how long something takes.
    pub(crate) instant: Instant,
    /// By the wall clock, to the millisecond, which is as exact as operators read.
    pub(crate) time: Timestamp,
}

impl Now {
    /// Reads both clocks.
    pub(crate) fn read() -> Self {
        let time = Timestamp::now();
        Self {
            instant: Instant::now(),
            time: time.round(Unit::Millisecond).unwrap_or(time),
        }
    }
}
