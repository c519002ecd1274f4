//! Which of the languages at hand a client wants (RFC 9110, section 12.5.4).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::Serialize;

use crate::weight::{Elements, HEAVIEST};
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

/// Languages among which clients choose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Languages(Vec<(u64, LanguageTag)>);

impl Languages {
    /// The place of the language that the client wants most.
    pub(crate) fn wanted<H: Headers + ?Sized>(&self, headers: &H) -> Option<usize> {
        let mut best = None;
        let mut best_weight = 0;
        headers.each("accept-language", &mut |line| {
            // Whatever comes after the greatest weight is not wanted more.
            let elements = (best_weight < HEAVIEST).then(|| Elements::of(line));
            for (range, weight) in elements.into_iter().flatten() {
                if weight > best_weight
                    && let Some(place) = look_up(range, |name| self.place(name))
                {
                    best = Some(place);
                    best_weight = weight;
                    if weight == HEAVIEST {
                        break;
                    }
                }
            }
        });
        best
    }

    fn place(&self, name: &[u8]) -> Option<usize> {
        let beginning = beginning(name);
        self.0.iter().position(|(known, tag)| {
            *known == beginning && tag.0.as_bytes().eq_ignore_ascii_case(name)
        })
    }
}

impl FromIterator<LanguageTag> for Languages {
    fn from_iter<T: IntoIterator<Item = LanguageTag>>(tags: T) -> Self {
        let known = |tag: LanguageTag| (beginning(tag.0.as_bytes()), tag);
        Self(tags.into_iter().map(known).collect())
    }
}

/// What tells most tags from others in one comparison, whatever their case.
fn beginning(tag: &[u8]) -> u64 {
    let folded = tag.iter().take(8).map(|byte| u64::from(byte | 0x20));
    folded.fold(0, |beginning, byte| beginning << 8 | byte)
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
    let [b'z' | b'Z', b'h' | b'H', region @ ..] = range else {
        return None;
    };
    let is = |regions: &[&str]| {
        let mut regions = regions.iter();
        regions.any(|known| region.eq_ignore_ascii_case(known.as_bytes()))
    };
    if is(&["-tw", "-hk", "-mo"]) {
        Some(b"zh-Hant")
    } else if is(&["", "-cn", "-sg"]) {
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
        let tags = ["en", "ja", "zh-Hant", "zh-Hans", "es-419", "es-419-x-one"];
        let languages: Languages = tags.iter().map(|tag| tag.parse().unwrap()).collect();
        let wanted = |line: &str| languages.wanted([("accept-language", line)].as_slice());
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
            ("en, ja", Some(0)),
            ("en;q=0.9, ja, zh", Some(1)),
            ("es-419-x-ONE", Some(5)),
            ("ES-419-x-two", Some(4)),
            ("zh-XX", Some(3)),
            ("\r\n", None),
            ("zh-Hant-x-private;q=0.9, en;q=0.1", Some(2)),
            ("en;q=0", None),
            ("*", None),
            ("-", None),
            ("", None),
        ] {
            assert_eq!(wanted(line), expected, "{line}");
        }
    }

    #[test]
    fn several_lines_are_as_good_as_one() {
        let languages: Languages = ["en", "ja"]
            .iter()
            .map(|tag| tag.parse().unwrap())
            .collect();
        for (lines, expected) in [
            (["en;q=0.5", "ja"], Some(1)),
            (["en", "ja"], Some(0)),
            (["fr", "ja;q=0.1"], Some(1)),
        ] {
            let lines = lines.map(|line| ("accept-language", line));
            assert_eq!(languages.wanted(lines.as_slice()), expected, "{lines:?}");
        }
    }
}
