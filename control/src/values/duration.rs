//! How long a maintenance lasts and how long a wait, as operators write it.

use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::fmt::friendly::SpanParser;
use jiff::{SignedDuration, SpanRelativeTo, Timestamp};
use serde::{Deserialize, Serialize};

use crate::values::timestamp::full_second;

/// When a maintenance ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Never.
    None,
    For(Length),
}

impl FromStr for Limit {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
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

    pub(crate) fn duration(self) -> Duration {
        self.0.unsigned_abs()
    }

    /// The first full second that is so long after `moment`, since visitors read full seconds.
    pub(crate) fn after(self, moment: Timestamp) -> Timestamp {
        moment
            .checked_add(self.0)
            .map_or(Timestamp::MAX, full_second)
    }
}

impl FromStr for Length {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
        const RULE: Rule = Rule {
            longest: Length::LONGEST,
            spelling: "is not a duration; write it like 2h, 90m or 1h30m, or none for no timer",
            size: "is not between 1 second and 30 days; for no timer, write none",
        };
        RULE.parse(text).map(Self)
    }
}

impl TryFrom<String> for Length {
    type Error = ParseDurationError;

    fn try_from(text: String) -> Result<Self, ParseDurationError> {
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

/// How long an entry of an allowlist or a pass counts: from one second to 366 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Term(SignedDuration);

impl Term {
    /// The first full second that is so long after `moment`.
    pub(crate) fn after(self, moment: Timestamp) -> Timestamp {
        moment
            .checked_add(self.0)
            .map_or(Timestamp::MAX, full_second)
    }
}

impl FromStr for Term {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
        const RULE: Rule = Rule {
            longest: SignedDuration::from_hours(366 * 24),
            spelling: "is not a duration; write it like 8h, 90m or 2d",
            size: "is not between 1 second and 366 days",
        };
        RULE.parse(text).map(Self)
    }
}

/// The longest time of a wait: from one second to a day, written like the length of a maintenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub(crate) struct Timeout(Duration);

impl Timeout {
    /// Where nothing is said.
    pub(crate) const DEFAULT: Self = Self(Duration::from_secs(5 * 60));
    pub(crate) const LONGEST: Self = Self(Duration::from_secs(24 * 60 * 60));

    /// A number of seconds, if it is one to wait for.
    pub(crate) fn from_seconds(seconds: u64) -> Option<Self> {
        let fits = (1..=Self::LONGEST.0.as_secs()).contains(&seconds);
        fits.then(|| Self(Duration::from_secs(seconds)))
    }

    pub(crate) fn duration(self) -> Duration {
        self.0
    }
}

/// How long records are kept: from one second to 100 years.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Retention(SignedDuration);

impl Retention {
    pub(crate) fn duration(self) -> SignedDuration {
        self.0
    }
}

impl FromStr for Retention {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
        const RULE: Rule = Rule {
            longest: SignedDuration::from_hours(36_500 * 24),
            spelling: "is not a duration; write it like 90d or 104w",
            size: "is not between 1 second and 36500 days",
        };
        RULE.parse(text).map(Self)
    }
}

impl TryFrom<u64> for Timeout {
    type Error = &'static str;

    fn try_from(seconds: u64) -> Result<Self, &'static str> {
        Self::from_seconds(seconds).ok_or("is not between 1 second and a day")
    }
}

impl From<Timeout> for u64 {
    fn from(timeout: Timeout) -> Self {
        timeout.0.as_secs()
    }
}

impl FromStr for Timeout {
    type Err = ParseDurationError;

    fn from_str(text: &str) -> Result<Self, ParseDurationError> {
        const RULE: Rule = Rule {
            longest: SignedDuration::from_hours(24),
            spelling: "is not a duration; write it like 90s, 5m, 1h30m or 1d",
            size: "is not between 1 second and a day",
        };
        RULE.parse(text).map(|length| Self(length.unsigned_abs()))
    }
}

/// Which durations are read, and the reasons to refuse another text.
struct Rule {
    longest: SignedDuration,
    spelling: &'static str,
    size: &'static str,
}

impl Rule {
    fn parse(&self, text: &str) -> Result<SignedDuration, ParseDurationError> {
        const SHORTEST: SignedDuration = SignedDuration::from_secs(1);
        let refuse = |reason| ParseDurationError {
            text: text.chars().take(40).collect(),
            reason,
        };
        // 02:00 would be two hours, and is more likely to be meant as a time of day.
        if text.contains(':') {
            return Err(refuse(self.spelling));
        }
        let length = SpanParser::new()
            .parse_span(text)
            .and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()))
            .map_err(|_| refuse(self.spelling))?;
        if (SHORTEST..=self.longest).contains(&length) {
            Ok(length)
        } else {
            Err(refuse(self.size))
        }
    }
}

/// Why a text is no duration, or none that is allowed here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseDurationError {
    text: String,
    reason: &'static str,
}

impl fmt::Display for ParseDurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {}", self.text, self.reason)
    }
}

impl Error for ParseDurationError {}

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

    #[test]
    fn a_retention_is_written_in_days_or_weeks_and_may_be_years() {
        for (text, days) in [("90d", 90), ("104w", 728), ("36500d", 36_500)] {
            let kept = text.parse().map(Retention::duration);
            assert_eq!(kept, Ok(SignedDuration::from_hours(24 * days)), "{text}");
        }
        for (text, message) in [
            ("1y", "\"1y\" is not a duration; write it like 90d or 104w"),
            ("0d", "\"0d\" is not between 1 second and 36500 days"),
            (
                "36501d",
                "\"36501d\" is not between 1 second and 36500 days",
            ),
        ] {
            assert_eq!(text.parse::<Retention>().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_term_is_written_like_a_length_and_is_a_year_at_most() {
        let moment = "2026-11-23T00:30:00.5Z".parse().unwrap();
        for (text, end) in [
            ("8h", "2026-11-23T08:30:01Z"),
            ("366d", "2027-11-24T00:30:01Z"),
        ] {
            let term: Term = text.parse().unwrap();
            assert_eq!(term.after(moment), end.parse().unwrap());
        }
        for (text, message) in [
            (
                "none",
                "\"none\" is not a duration; write it like 8h, 90m or 2d",
            ),
            ("0s", "\"0s\" is not between 1 second and 366 days"),
            ("367d", "\"367d\" is not between 1 second and 366 days"),
        ] {
            assert_eq!(text.parse::<Term>().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn a_timeout_is_written_like_a_length_and_is_a_day_at_most() {
        for (text, seconds) in [("90s", 90), ("2h", 7200), ("1h30m", 5400), ("1d", 86400)] {
            let expected = Timeout::from_seconds(seconds);
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
        for (text, message) in [
            (
                "5",
                "\"5\" is not a duration; write it like 90s, 5m, 1h30m or 1d",
            ),
            (
                "none",
                "\"none\" is not a duration; write it like 90s, 5m, 1h30m or 1d",
            ),
            ("0s", "\"0s\" is not between 1 second and a day"),
            ("-5m", "\"-5m\" is not between 1 second and a day"),
            ("1d 1s", "\"1d 1s\" is not between 1 second and a day"),
        ] {
            assert_eq!(text.parse::<Timeout>().unwrap_err().to_string(), message);
        }
        assert_eq!(Timeout::from_seconds(0), None);
        assert_eq!(Timeout::from_seconds(86401), None);
    }
}
