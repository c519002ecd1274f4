use std::error::Error;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;

use crate::values::duration::{Misread, measure};

/// How long somebody waits at most: from one second to a day, written like the length of a maintenance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl FromStr for Timeout {
    type Err = ParseTimeoutError;

    fn from_str(text: &str) -> Result<Self, ParseTimeoutError> {
        let longest = SignedDuration::try_from(Self::LONGEST.0).unwrap_or(SignedDuration::MAX);
        let length = measure(text, longest).map_err(|wrong| ParseTimeoutError {
            text: text.chars().take(40).collect(),
            wrong,
        })?;
        Ok(Self(length.unsigned_abs()))
    }
}

/// Why a text is no time to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ParseTimeoutError {
    text: String,
    wrong: Misread,
}

impl fmt::Display for ParseTimeoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match self.wrong {
            Misread::Spelling => write!(
                f,
                "{text:?} is not a duration; write it like 90s, 5m, 1h30m or 1d"
            ),
            Misread::Size => write!(f, "{text:?} is not between 1 second and a day"),
        }
    }
}

impl Error for ParseTimeoutError {}

#[cfg(test)]
mod tests {
    use super::*;

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
