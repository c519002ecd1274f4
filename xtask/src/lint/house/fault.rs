//! What the check finds.

use std::fmt::Display;

/// What a fault is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Every file is in a room of the table.
    Room,
    /// No import points up.
    Upward,
    /// No circle of imports.
    Circle,
    /// A crate is used in its room only.
    Kept,
    /// Not too many files in a folder.
    Crowd,
    /// Not too many lines in a file.
    Length,
    /// Not too many lines in half of the files.
    Median,
}

/// A fault.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) rule: Rule,
    /// The file, folder or circle that has it.
    pub(super) subject: String,
    pub(super) text: String,
}

impl Fault {
    pub(super) fn new(rule: Rule, subject: impl Display, text: String) -> Self {
        Self {
            rule,
            subject: subject.to_string(),
            text,
        }
    }
}
