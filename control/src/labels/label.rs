use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::token::Made;

/// What control keeps of one entry of an allowlist.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Label {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// When control takes the entry off the allowlist, to the second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
    /// Who added the entry, or gave it these words, and when.
    pub(crate) added: Made,
}

impl Label {
    /// The label of an entry that was added without a word about it.
    pub(crate) fn plain(added: Made) -> Self {
        Self {
            name: None,
            note: None,
            until: None,
            added,
        }
    }

    /// Whether it says more than who added the entry and when.
    pub(crate) fn has_words(&self) -> bool {
        self.name.is_some() || self.note.is_some() || self.until.is_some()
    }

    /// Whether both have the same words, by whichever operator.
    pub(crate) fn has_words_of(&self, other: &Self) -> bool {
        (&self.name, &self.note, self.until) == (&other.name, &other.note, other.until)
    }

    /// Whether the entry has ended at this time.
    pub(crate) fn has_ended(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}

/// What control keeps of one pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassLabel {
    pub(crate) name: String,
    /// The digest of the pass, as the document has it.
    pub(crate) sha256: String,
    pub(crate) made: Made,
}
