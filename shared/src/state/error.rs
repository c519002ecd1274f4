use alloc::boxed::Box;
use core::fmt;

use crate::json::FieldError;
use crate::state::model::State;

/// The reason why a document is not a [`State`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentError {
    error: FieldError,
    closed: Option<Box<State>>,
}

impl DocumentError {
    /// The error of a document that this node cannot enforce, with the state that it enforces instead.
    pub(crate) fn with_closed(error: FieldError, closed: State) -> Self {
        Self {
            error,
            closed: Some(Box::new(closed)),
        }
    }

    /// The state that a node enforces in place of a document that refuses requests and has a critical field which the node
    /// does not know. It refuses every request except those that `exempt` of the document covers, and every request if
    /// `exempt` cannot be read. `None` for every other error, after which the last good state stays in force.
    #[must_use]
    pub fn closed(&self) -> Option<&State> {
        self.closed.as_deref()
    }

    /// The JSON pointer (RFC 6901) to the refused value; empty for the whole document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        self.error.pointer()
    }

    /// The fault of the value, and the remedy.
    #[must_use]
    pub fn reason(&self) -> &str {
        self.error.reason()
    }
}

impl From<DocumentError> for FieldError {
    fn from(error: DocumentError) -> Self {
        error.error
    }
}

impl From<FieldError> for DocumentError {
    fn from(error: FieldError) -> Self {
        Self {
            error,
            closed: None,
        }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl core::error::Error for DocumentError {}
