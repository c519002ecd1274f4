use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::wire::wait::Wait;

/// A barrier as the store keeps it, without the state that it waits for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredBarrier {
    pub(crate) id: String,
    pub(crate) service: String,
    pub(crate) revision: u64,
    pub(crate) wait: Wait,
    pub(crate) actor: String,
    pub(crate) began: Timestamp,
    #[serde(skip)]
    /// A later revision that may admit what this one refuses, if that is known when it is loaded.
    pub(crate) superseded_by: Option<u64>,
}
