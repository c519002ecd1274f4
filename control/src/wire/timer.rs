//! The end of a maintenance that comes by itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::values::duration::Length;
use crate::wire::stamp::Stamp;

/// When control ends a maintenance by itself, and who wants it.
///
/// It belongs to the revision that it is kept with and to no other, so that it cannot end a
/// maintenance that it was not set for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Timer {
    /// By control's wall clock, to the second.
    pub(crate) at: Timestamp,
    pub(crate) length: Length,
    /// The change that set it.
    pub(crate) set: Stamp,
}

impl Timer {
    pub(crate) fn new(length: Length, set: Stamp) -> Self {
        Self {
            at: length.after(set.at),
            length,
            set,
        }
    }

    /// Why the maintenance ends, as history has it.
    pub(crate) fn reason(&self) -> String {
        let Stamp {
            actor, revision, ..
        } = &self.set;
        format!("set by {actor} in revision {revision}, for {}", self.length)
    }

    /// Whether the time is up.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.at <= now
    }
}
