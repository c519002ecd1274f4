//! Colours of the page, as operators give them.

use alloc::boxed::Box;
use core::str::FromStr;

use serde::Serialize;

use crate::text::ParseError;

/// A colour, in hexadecimal as CSS has it: `#09f` or `#0099ff`.
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

/// Background, text and accent, where the operator gives none.
pub(crate) const LIGHT: [&str; 3] = ["#f7f8fa", "#1d2530", "#2b5fc7"];
pub(crate) const DARK: [&str; 3] = ["#13171d", "#e7ebf1", "#93b4ff"];

/// The colours of the page by light and by dark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Colors {
    /// For visitors who read dark on light.
    pub light: Palette,
    /// For visitors who read light on dark.
    pub dark: Palette,
}

impl Colors {
    /// All six that the page has where an operator gives none.
    #[must_use]
    pub fn built_in() -> Self {
        let palette = |own: [&str; 3]| {
            let [background, text, accent] = own.map(|color| Some(Color(color.into())));
            Palette {
                accent,
                background,
                text,
            }
        };
        Self {
            light: palette(LIGHT),
            dark: palette(DARK),
        }
    }
}

/// Three colours; where one is missing, the page has its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Palette {
    /// Of the mark, the rules and the links.
    pub accent: Option<Color>,
    /// Of the whole page.
    pub background: Option<Color>,
    /// Of everything that is read.
    pub text: Option<Color>,
}
