use serde::{Deserialize, Serialize};

use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// A revision whose document is not kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredRecord {
    pub(crate) service: String,
    /// The entity tag that its document had.
    pub(crate) tag: String,
    pub(crate) stamp: Stamp,
    pub(crate) timer: Option<Timer>,
}
