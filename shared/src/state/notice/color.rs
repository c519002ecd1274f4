use alloc::boxed::Box;
use core::str::FromStr;

use serde::Serialize;

use crate::text::ParseError;

/// A colour of the page in the hexadecimal notation of CSS: `#09f` or `#0099ff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Color(Box<str>);

impl Color {
    /// The colour as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Color {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        if matches!(digits.len(), 3 | 6) && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            Ok(Self(text.into()))
        } else {
            Err(ParseError::new(
                text,
                "is not a colour; write it in hexadecimal, like #0099ff",
            ))
        }
    }
}
