use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::wire::node::MemberId;

/// A member as the store keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredMember {
    pub(crate) id: MemberId,
    pub(crate) kind: String,
    /// The longest time between two of its polls.
    pub(crate) wait: Duration,
    pub(crate) lease: Option<Duration>,
    pub(crate) joined: Timestamp,
    /// The name of the token that its last report came with.
    pub(crate) token: String,
}
