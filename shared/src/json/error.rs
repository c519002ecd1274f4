use alloc::string::{String, ToString};
use core::fmt;

use crate::text::Visible;

/// The reason why a JSON document is refused: the pointer to the value, the fault and the remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    pointer: String,
    reason: String,
}

impl FieldError {
    /// The error of the value at `pointer` (RFC 6901). The `reason` has the fault and the remedy.
    #[must_use]
    pub fn new(pointer: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self {
            pointer: pointer.into(),
            reason: reason.to_string(),
        }
    }

    /// The JSON pointer (RFC 6901) to the refused value; empty for the whole document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The fault of the value, and the remedy.
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
