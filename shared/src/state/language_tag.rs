use alloc::boxed::Box;
use core::str::FromStr;

use serde::Serialize;

use crate::text::ParseError;

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
    type Err = ParseError;

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
            Err(ParseError::new(
                text,
                "is not a language tag; write it like ja or zh-Hant",
            ))
        }
    }
}

/// Lookup (RFC 4647, section 3.4): a range is shortened from its end until a tag equals it.
pub(crate) fn look_up(range: &[u8], place: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
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
