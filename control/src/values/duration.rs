//! How long a maintenance lasts, in an operator's words.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use jiff::fmt::friendly::SpanParser;
use jiff::{RoundMode, SignedDuration, SpanRelativeTo, Timestamp, TimestampRound, Unit};
use serde::{Deserialize, Serialize};

/// How long a maintenance lasts if nobody ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Until somebody does.
    None,
    For(Length),
}

impl FromStr for Limit {
    type Err = ParseLengthError;

    fn from_str(text: &str) -> Result<Self, ParseLengthError> {
        match text {
            "none" => Ok(Self::None),
            text => text.parse().map(Self::For),
        }
    }
}

/// A time from one second to 30 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Length(SignedDuration);

impl Length {
    const LONGEST: SignedDuration = SignedDuration::from_hours(30 * 24);

    pub(crate) fn duration(self) -> std::time::Duration {
        self.0.unsigned_abs()
    }

    /// The first full second that is so long after `moment`, since visitors are told full seconds.
    pub(crate) fn after(self, moment: Timestamp) -> Timestamp {
        let full = TimestampRound::new()
            .smallest(Unit::Second)
            .mode(RoundMode::Ceil);
        let end = moment.checked_add(self.0).and_then(|end| end.round(full));
        end.unwrap_or(Timestamp::MAX)
    }
}

impl FromStr for Length {
    type Err = ParseLengthError;

    fn from_str(text: &str) -> Result<Self, ParseLengthError> {
        let refuse = |wrong| ParseLengthError {
            text: text.chars().take(40).collect(),
            wrong,
        };
        measure(text, Self::LONGEST).map(Self).map_err(refuse)
    }
}

/// The time that `text` names, from one second to `longest`.
pub(crate) fn measure(text: &str, longest: SignedDuration) -> Result<SignedDuration, Misread> {
    const SHORTEST: SignedDuration = SignedDuration::from_secs(1);
    // 02:00 would be two hours, and is more likely to be meant as a time of day.
    if text.contains(':') {
        return Err(Misread::Spelling);
    }
    let length = SpanParser::new()
        .parse_span(text)
        .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
        .map_err(|_| Misread::Spelling)?;
    if (SHORTEST..=longest).contains(&length) {
        Ok(length)
    } else {
        Err(Misread::Size)
    }
}

impl TryFrom<String> for Length {
    type Error = ParseLengthError;

    fn try_from(text: String) -> Result<Self, ParseLengthError> {
        text.parse()
    }
}

impl From<Length> for String {
    fn from(length: Length) -> Self {
        length.to_string()
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

/// Why a text is no length of a maintenance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseLengthError {
    text: String,
    wrong: Misread,
}

/// What is wrong with a text that names no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misread {
    Spelling,
    Size,
}

impl fmt::Display for ParseLengthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match self.wrong {
            Misread::Spelling => write!(
                f,
                "{text:?} is not a duration; write it like 2h, 90m or 1h30m, or none for no timer"
            ),
            Misread::Size => write!(
                f,
                "{text:?} is not between 1 second and 30 days; for no timer, write none"
            ),
        }
    }
}

impl Error for ParseLengthError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, expected) in [
            ("2h", "2h"),
            ("90m", "1h 30m"),
            ("1h30m", "1h 30m"),
            ("1h 30min", "1h 30m"),
            ("1.5 hours", "1h 30m"),
            ("1s", "1s"),
            ("1500ms", "1s 500ms"),
            ("1d", "24h"),
            ("1 week", "168h"),
            ("30d", "720h"),
        ] {
            let length: Length = text.parse().unwrap();
            assert_eq!(length.to_string(), expected, "{text}");
            assert_eq!(length.to_string().parse(), Ok(length), "{text}");
            assert_eq!(text.parse(), Ok(Limit::For(length)));
        }
        assert_eq!("none".parse(), Ok(Limit::None));
    }

    #[test]
    fn what_is_no_length_is_refused_with_the_remedy() {
        for text in [
            "",
            "2",
            "h",
            "2x",
            "1h30",
            "02:00",
            "1d 02:00:00",
            "1mo",
            "1y",
            "forever",
            "None",
            "PT2H",
        ] {
            assert_eq!(
                text.parse::<Limit>().unwrap_err().to_string(),
                format!(
                    "{text:?} is not a duration; write it like 2h, 90m or 1h30m, or none for no timer"
                )
            );
        }
        for text in ["0s", "999ms", "-2h", "2h ago", "30d 1s", "5 weeks"] {
            assert_eq!(
                text.parse::<Limit>().unwrap_err().to_string(),
                format!("{text:?} is not between 1 second and 30 days; for no timer, write none")
            );
        }
        let long = "9".repeat(1000).parse::<Limit>().unwrap_err();
        assert!(long.to_string().len() < 200);
    }

    #[test]
    fn an_end_is_a_full_second_and_never_early() {
        let length: Length = "1h30m".parse().unwrap();
        for (moment, end) in [
            ("2026-11-23T00:30:00Z", "2026-11-23T02:00:00Z"),
            ("2026-11-23T00:30:00.001Z", "2026-11-23T02:00:01Z"),
            ("2026-11-23T00:30:00.999Z", "2026-11-23T02:00:01Z"),
        ] {
            let end: Timestamp = end.parse().unwrap();
            assert_eq!(length.after(moment.parse().unwrap()), end);
        }
    }
}
