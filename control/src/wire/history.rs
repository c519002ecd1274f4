//! History as control tells it to the command.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::allowlist::{LabelView, PassView};
use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// The answer to `GET …/history`, the newest first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct HistoryPage {
    pub(crate) service: String,
    pub(crate) entries: Vec<Entry>,
    /// What else happened, and in the time of which revision: how waits ended, and which nodes were forgotten.
    pub(crate) events: Vec<Stamp>,
    /// Where the next page goes on: `?before=` this. None when this page reaches the beginning.
    pub(crate) next: Option<u64>,
}

/// One change, with the documents before and after it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    #[serde(flatten)]
    pub(crate) stamp: Stamp,
    pub(crate) before: Option<Value>,
    /// Null where the document is not kept.
    pub(crate) after: Option<Value>,
    /// The timer that runs from this revision on.
    pub(crate) timer: Option<Timer>,
    /// The names, notes and ends of entries from this revision on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<LabelView>,
    /// The passes from this revision on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) passes: Vec<PassView>,
}
