use alloc::string::{String, ToString};
use core::fmt;

use crate::text::Visible;

/// Why a JSON document is refused: the place of the value, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pointer: String,
    reason: String,
}

impl FieldError {
    /// The error that the value at `pointer` (RFC 6901) is refused for `reason`, which says what would be right.
    #[must_use]
    pub fn new(pointer: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self {
            pointer: pointer.into(),
            reason: reason.to_string(),
        }
    }

    /// JSON pointer (RFC 6901) to the value that was refused; empty for the whole document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong there, and what would be right.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pointer.as_str() {
            "" => write!(f, "the document: {}", self.reason),
            pointer => write!(f, "{}: {}", Visible(pointer), self.reason),
        }
    }
}

impl core::error::Error for FieldError {}
