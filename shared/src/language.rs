//! Which of the languages at hand a client wants (RFC 9110, section 12.5.4).

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

use serde::Serialize;

use crate::Headers;
use crate::weight::elements;

/// A language tag (RFC 5646), such as `ja` or `zh-Hant`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LanguageTag(Box<str>);

impl LanguageTag {
    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LanguageTag {
    type Err = ParseLanguageError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let subtag = |part: &str| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        let primary = text.split('-').next().unwrap_or_default();
        let valid = text.len() <= 35
            && (2..=8).contains(&primary.len())
            && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
            && text.split('-').all(subtag);
        if valid {
            Ok(Self(text.into()))
        } else {
            Err(ParseLanguageError { text: text.into() })
        }
    }
}

/// Why a text is not a [`LanguageTag`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseLanguageError {
    text: Box<str>,
}

impl fmt::Display for ParseLanguageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not a language tag; write it like ja or zh-Hant",
            self.text
        )
    }
}

impl core::error::Error for ParseLanguageError {}

/// The place in `tags` of the language that the client wants most, by lookup (RFC 4647, section
/// 3.4): each range is shortened from its end until a tag equals it.
pub(crate) fn wanted<H: Headers + ?Sized>(headers: &H, tags: &[LanguageTag]) -> Option<usize> {
    let mut best = None;
    let mut best_weight = 0;
    for (range, weight) in elements(headers.lines("accept-language")) {
        if weight > best_weight
            && let Some(index) = look_up(range, tags)
        {
            best = Some(index);
            best_weight = weight;
        }
    }
    best
}

fn look_up(range: &[u8], tags: &[LanguageTag]) -> Option<usize> {
    let mut range = range;
    loop {
        let exact = |tag: &LanguageTag| tag.0.as_bytes().eq_ignore_ascii_case(range);
        if let Some(index) = tags.iter().position(exact) {
            return Some(index);
        }
        let end = range.iter().rposition(|byte| *byte == b'-')?;
        range = range.get(..end)?;
        if let [shorter @ .., b'-', _] = range {
            range = shorter;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_shortened_until_a_tag_equals_them() {
        let tags = ["en", "ja", "zh-Hant"].map(|tag| tag.parse().unwrap());
        let wanted = |line: &str| wanted([("accept-language", line)].as_slice(), &tags);
        for (line, expected) in [
            ("ja", Some(1)),
            ("JA-jp", Some(1)),
            ("zh-Hant-TW", Some(2)),
            ("zh", None),
            ("fr, ja;q=0.5, en;q=0.7", Some(0)),
            ("zh-Hant-x-private;q=0.9, en;q=0.1", Some(2)),
            ("en;q=0", None),
            ("*", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(wanted(line), expected, "{line}");
        }
    }
}
