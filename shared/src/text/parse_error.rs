use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use core::fmt;

use crate::text::quoted::Quoted;

/// Why a text is not a value of the wanted type: the text, what is wrong with it, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError(Box<str>);

impl ParseError {
    /// The error of a `text`, which its message quotes before the `reason`.
    pub(crate) fn new(text: &str, reason: &str) -> Self {
        Self(format!("{} {reason}", Quoted(text)).into())
    }

    /// The error of a text that is too long for a message.
    pub(crate) fn without_text(reason: impl fmt::Display) -> Self {
        Self(reason.to_string().into())
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for ParseError {}
