use core::fmt;
use core::str::FromStr;

use jiff_core::civil::{Date, DateTime};
use jiff_core::tz::Offset;
use serde::{Serialize, Serializer};

use crate::text::ParseError;

/// A time in whole seconds, written as in RFC 3339: `2026-11-23T02:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The beginning of 1970, UTC.
    pub const UNIX_EPOCH: Self = Self(0);

    /// The time `seconds` after the beginning of 1970, UTC.
    #[must_use]
    pub const fn from_second(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The seconds since the beginning of 1970, UTC.
    #[must_use]
    pub const fn as_second(self) -> i64 {
        self.0
    }

    /// The seconds from `earlier` to this time; 0 if `earlier` is later.
    #[must_use]
    pub(crate) fn seconds_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    fn to_datetime(self) -> Option<DateTime> {
        let moment = jiff_core::Timestamp::from_second(self.0).ok()?;
        Some(moment.to_datetime(Offset::UTC))
    }
}

/// Reads a `date-time` (RFC 3339, section 5.6), with any offset; fractions of a second are dropped.
impl FromStr for Timestamp {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| ParseError::new(text, reason);
        let moment = read(text).ok_or_else(|| {
            refuse("is not a time with its offset; write it like 2026-11-23T02:00:00Z")
        })?;
        let is_known = moment.to_datetime().is_some();
        is_known
            .then_some(moment)
            .ok_or_else(|| refuse("is after 9999-12-30T22:00:00Z, the last time that can be named"))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(datetime) = self.to_datetime() else {
            return write!(f, "@{}", self.0);
        };
        let (date, time) = (datetime.date(), datetime.time());
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            date.year(),
            date.month(),
            date.day(),
            time.hour(),
            time.minute(),
            time.second()
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn read(text: &str) -> Option<Timestamp> {
    let rest = &mut text.as_bytes();
    let year = digits(rest, 4)?;
    let month = after(rest, b"-")?;
    let day = after(rest, b"-")?;
    let hour = after(rest, b"Tt ")?;
    let minute = after(rest, b":")?;
    let second = after(rest, b":")?;
    if one_of(rest, b".").is_some() {
        let end = rest.iter().position(|byte| !byte.is_ascii_digit());
        *rest = rest.get(end.filter(|end| *end > 0)?..)?;
    }
    let offset = match one_of(rest, b"Zz+-")? {
        sign @ (b'+' | b'-') => {
            let (hours, minutes) = (digits(rest, 2)?, after(rest, b":")?);
            let seconds = (hours * 60 + minutes) * 60;
            let valid = hours < 24 && minutes < 60;
            valid.then_some(if sign == b'-' { -seconds } else { seconds })?
        }
        _ => 0,
    };
    // A leap second, written as second 60, counts as the second before it.
    let second = if second == 60 { 59 } else { second };
    let date = Date::new(
        year.try_into().ok()?,
        month.try_into().ok()?,
        day.try_into().ok()?,
    )
    .ok()?;
    let valid = hour < 24 && minute < 60 && second < 60 && rest.is_empty();
    let seconds = i64::from(date.to_unix_epoch_day().day()) * 86_400;
    let within = i64::from((hour * 60 + minute) * 60 + second - offset);
    valid.then_some(Timestamp(seconds + within))
}

/// Two digits after one of `separators`.
fn after(rest: &mut &[u8], separators: &[u8]) -> Option<i32> {
    one_of(rest, separators)?;
    digits(rest, 2)
}

fn one_of(rest: &mut &[u8], wanted: &[u8]) -> Option<u8> {
    let (first, others) = rest
        .split_first()
        .filter(|(first, _)| wanted.contains(first))?;
    *rest = others;
    Some(*first)
}

fn digits(rest: &mut &[u8], count: usize) -> Option<i32> {
    let (digits, others) = rest.split_at_checked(count)?;
    *rest = others;
    digits.iter().try_fold(0, |value, byte| {
        byte.is_ascii_digit()
            .then(|| value * 10 + i32::from(byte - b'0'))
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn any_offset_and_spelling_of_rfc_3339_is_read() {
        for text in [
            "2026-11-23T02:00:00Z",
            "2026-11-23t02:00:00z",
            "2026-11-23 02:00:00Z",
            "2026-11-23T02:00:00.999Z",
            "2026-11-23T11:00:00+09:00",
            "2026-11-22T20:30:00-05:30",
            "2026-11-23T02:00:00-00:00",
        ] {
            assert_eq!(
                text.parse::<Timestamp>().unwrap().to_string(),
                "2026-11-23T02:00:00Z",
                "{text}"
            );
        }
        assert_eq!(
            "2016-12-31T23:59:60Z"
                .parse::<Timestamp>()
                .unwrap()
                .to_string(),
            "2016-12-31T23:59:59Z"
        );
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "soon",
            "2026-11-23",
            "2026-11-23T02:00Z",
            "2026-11-23T02:00:00",
            "2026-11-23T02:00:00.Z",
            "2026-11-23T02:00:00+9",
            "2026-11-23T02:00:00+0900",
            "2026-11-23T02:00:00+24:00",
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T02:60:00Z",
            "2026-11-23T02:00:61Z",
            "2026-11-23T02:00:00Zx",
            " 2026-11-23T02:00:00Z",
            "2026-11-23T02:00:00.99",
            "+026-11-23T02:00:00Z",
            "2026-11-2éT02:00:00Z",
        ] {
            let error = text.parse::<Timestamp>().unwrap_err().to_string();
            assert!(
                error.starts_with(&alloc::format!("{text:?} is not a time")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_time_after_the_last_one_is_called_so() {
        let last = "9999-12-30T22:00:00Z";
        assert_eq!(last.parse::<Timestamp>().unwrap().to_string(), last);
        for text in [
            "9999-12-30T22:00:01Z",
            "9999-12-31T23:59:59Z",
            "9999-12-30T22:00:00-00:01",
        ] {
            assert_eq!(
                text.parse::<Timestamp>().unwrap_err().to_string(),
                alloc::format!("{text:?} is after {last}, the last time that can be named")
            );
        }
    }

    #[test]
    fn no_seconds_have_passed_since_a_later_time() {
        let (early, late) = (Timestamp::from_second(1), Timestamp::from_second(8));
        assert_eq!(
            (late.seconds_since(early), early.seconds_since(late)),
            (7, 0)
        );
    }

    proptest! {
        #[test]
        fn agrees_with_jiff(seconds in -62_000_000_000_i64..250_000_000_000) {
            let text = jiff::Timestamp::from_second(seconds).unwrap().to_string();
            prop_assert_eq!(text.parse::<Timestamp>().unwrap(), Timestamp::from_second(seconds));
            prop_assert_eq!(Timestamp::from_second(seconds).to_string(), text);
        }

        #[test]
        fn never_panics(text: alloc::string::String, seconds: i64) {
            let _ = text.parse::<Timestamp>();
            let _ = Timestamp::from_second(seconds).to_string();
        }
    }
}
