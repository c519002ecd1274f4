use serde::{Deserialize, Serialize};

use crate::wire::difference::difference::Difference;

/// A service that has changed since a file about it was exported.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Conflict {
    pub(crate) service: String,
    /// The revision that the file names.
    pub(crate) expected: u64,
    /// The one that is in force.
    pub(crate) revision: u64,
    /// What has changed since; null where that revision is not kept.
    pub(crate) since: Option<Vec<Difference>>,
    /// What the file would change.
    pub(crate) wanted: Vec<Difference>,
}
