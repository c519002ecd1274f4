//! Which of the languages at hand a client wants (RFC 9110, section 12.5.4).

use alloc::boxed::Box;
use core::fmt;
use core::str::FromStr;

use serde::Serialize;

use crate::weight::Elements;
use crate::{Headers, Quoted};

/// A language tag (RFC 5646), such as `ja` or `zh-Hant`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LanguageTag(Box<str>);

impl LanguageTag {
    /// English.
    #[must_use]
    pub fn english() -> Self {
        Self("en".into())
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is written from right to left.
    pub(crate) fn is_right_to_left(&self) -> bool {
        let primary = self.0.split('-').next().unwrap_or_default();
        let known = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];
        known
            .iter()
            .any(|known| primary.eq_ignore_ascii_case(known))
    }

    /// The place of the tag among those that `place` knows, by lookup.
    pub(crate) fn look_up(&self, place: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        look_up(self.0.as_bytes(), place)
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
            "{} is not a language tag; write it like ja or zh-Hant",
            Quoted(&self.text)
        )
    }
}

impl core::error::Error for ParseLanguageError {}

/// The place in `tags` of the language that the client wants most.
pub(crate) fn wanted<H: Headers + ?Sized>(headers: &H, tags: &[LanguageTag]) -> Option<usize> {
    let place = |name: &[u8]| {
        tags.iter()
            .position(|tag| tag.0.as_bytes().eq_ignore_ascii_case(name))
    };
    let mut best = None;
    let mut best_weight = 0;
    headers.each("accept-language", &mut |line| {
        for (range, weight) in Elements::of(line) {
            if weight > best_weight
                && let Some(index) = look_up(range, place)
            {
                best = Some(index);
                best_weight = weight;
            }
        }
    });
    best
}

/// Lookup (RFC 4647, section 3.4): a range is shortened from its end until a tag equals it.
fn look_up(range: &[u8], place: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
    let mut range = range;
    loop {
        let found = place(range).or_else(|| place(script(range)?));
        if found.is_some() {
            return found;
        }
        let end = range.iter().rposition(|byte| *byte == b'-')?;
        range = range.get(..end)?;
        if let [shorter @ .., b'-', _] = range {
            range = shorter;
        }
    }
}

/// The script that Chinese is written in where a region is all that is said (CLDR, "Likely Subtags"): browsers
/// say the region, and readers of one script do not read the other.
fn script(range: &[u8]) -> Option<&'static [u8]> {
    let is = |names: &[&str]| {
        names
            .iter()
            .any(|name| range.eq_ignore_ascii_case(name.as_bytes()))
    };
    if is(&["zh-tw", "zh-hk", "zh-mo"]) {
        Some(b"zh-Hant")
    } else if is(&["zh", "zh-cn", "zh-sg"]) {
        Some(b"zh-Hans")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_shortened_until_a_tag_equals_them() {
        let tags = ["en", "ja", "zh-Hant", "zh-Hans"].map(|tag| tag.parse().unwrap());
        let wanted = |line: &str| wanted([("accept-language", line)].as_slice(), &tags);
        for (line, expected) in [
            ("ja", Some(1)),
            ("JA-jp", Some(1)),
            ("zh-Hant-TW", Some(2)),
            ("zh", Some(3)),
            ("zh-CN", Some(3)),
            ("zh-tw", Some(2)),
            ("zh-HK,zh;q=0.9", Some(2)),
            ("zh-Hans-TW", Some(3)),
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
