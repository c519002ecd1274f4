use alloc::boxed::Box;
use core::str::FromStr;

use serde::Serialize;

use crate::state::notice::lookup::look_up;
use crate::text::ParseError;

/// A language tag (RFC 5646), such as `ja` or `zh-Hant`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct LanguageTag(Box<str>);

impl LanguageTag {
    /// English.
    #[must_use]
    pub(crate) fn english() -> Self {
        Self("en".into())
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the language is written from right to left.
    pub(crate) fn is_right_to_left(&self) -> bool {
        let primary = self.0.split('-').next().unwrap_or_default();
        let known = ["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"];
        known
            .iter()
            .any(|known| primary.eq_ignore_ascii_case(known))
    }

    /// The index that `find` gives for the tag or for the longest known beginning of it (RFC 4647, section 3.4).
    pub(super) fn look_up(&self, find: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        look_up(self.0.as_bytes(), find)
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
