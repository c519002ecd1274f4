use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A replica of control that serves the same store, as operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReplicaView {
    /// Where it serves; empty before its first heartbeat.
    pub(crate) address: String,
    /// Whether it is the one that answers.
    pub(crate) answers: bool,
    /// The version of the store that it had at its last heartbeat.
    pub(crate) version: u64,
    /// When its last heartbeat came.
    pub(crate) heard: Timestamp,
}

impl ReplicaView {
    /// It without what changes with every heartbeat.
    pub(crate) fn quiet(&self) -> Self {
        Self {
            version: 0,
            heard: Timestamp::UNIX_EPOCH,
            ..self.clone()
        }
    }
}
