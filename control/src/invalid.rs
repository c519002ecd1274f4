//! Input that is refused, and where.

use intermission_core::DocumentError;

/// What is wrong with a body, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    /// JSON pointer (RFC 6901) to the value; empty for the whole body.
    pub(crate) pointer: String,
    pub(crate) reason: String,
}

impl Invalid {
    pub(crate) fn new(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            reason: reason.into(),
        }
    }
}

impl From<DocumentError> for Invalid {
    fn from(error: DocumentError) -> Self {
        Self::new(error.pointer(), error.reason())
    }
}
