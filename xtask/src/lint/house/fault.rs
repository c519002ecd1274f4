//! What the check finds.

use std::fmt::Display;

/// A fault.
#[derive(Debug)]
pub(super) struct Fault {
    /// The file, folder or circle that has it.
    pub(super) subject: String,
    pub(super) text: String,
}

impl Fault {
    pub(super) fn new(subject: impl Display, text: String) -> Self {
        Self {
            subject: subject.to_string(),
            text,
        }
    }
}
