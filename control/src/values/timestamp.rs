//! Moments, between the core's type and the one that control calculates with.

use intermission_core::ParseError;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

/// Reads a time with its offset, to the fraction of a second.
pub(crate) fn read_time(text: &str) -> Result<Timestamp, ParseError> {
    // The core knows what is wrong with a text.
    let read = text.parse();
    read.or_else(|_| text.parse().map(from_core))
}

/// The moment as a state holds it, to the second.
pub(crate) fn to_core(moment: Timestamp) -> intermission_core::Timestamp {
    intermission_core::Timestamp::from_second(moment.as_second())
}

/// The moment to calculate with; the last there is, where it lies beyond.
pub(crate) fn from_core(moment: intermission_core::Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(Timestamp::MAX)
}

/// The first full second that is not before the moment.
pub(crate) fn full_second(moment: Timestamp) -> Timestamp {
    let full = TimestampRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::Ceil);
    moment.round(full).unwrap_or(Timestamp::MAX)
}

/// A time, to the second.
pub(crate) fn brief_time(time: Timestamp) -> String {
    time.round(Unit::Second).unwrap_or(time).to_string()
}
