//! Who passes, as operators see it.

use std::collections::HashMap;
use std::sync::Arc;

use intermission_core::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::labels::{Label, Labels};
use crate::token::Made;
use crate::values::timestamp::from_core;
use crate::wire::summary::Outcome;

/// The answer to `GET …/allowlist`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AllowlistView {
    pub(crate) service: String,
    pub(crate) revision: u64,
    pub(crate) enabled: bool,
    pub(crate) entries: Vec<EntryView>,
    pub(crate) passes: Vec<PassView>,
}

/// An entry, and what is known of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EntryView {
    pub(crate) cidr: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) note: Option<String>,
    /// When control takes it off the allowlist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<Timestamp>,
    /// Who added it, or gave it these words, and when; not known of entries that an earlier version added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) added: Option<Made>,
}

/// A pass, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassView {
    pub(crate) name: String,
    pub(crate) until: Option<Timestamp>,
    pub(crate) made: Option<Made>,
}

/// The answer to `GET …/passes`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PassList {
    pub(crate) service: String,
    pub(crate) revision: u64,
    /// Whether they count: whether the allowlist is enabled.
    pub(crate) enabled: bool,
    pub(crate) passes: Vec<PassView>,
}

/// The answer to `POST …/passes`: the secret of the pass, which no later answer has.
#[derive(Serialize, Deserialize)]
pub(crate) struct NewPass {
    pub(crate) pass: String,
    #[serde(flatten)]
    pub(crate) view: PassView,
    #[serde(flatten)]
    pub(crate) outcome: Outcome,
}

/// What is said of entries, and which ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LabelView {
    #[serde(flatten)]
    pub(crate) label: Label,
    pub(crate) cidrs: Vec<String>,
}

impl AllowlistView {
    pub(crate) fn of(state: &State, labels: &Labels) -> Self {
        let entries = labels.entries(&state.allowlist.cidrs);
        let entries = entries.map(|(cidr, label)| {
            let label = label.map(|label| Label::clone(label));
            EntryView::new(cidr.to_string(), label)
        });
        Self {
            service: state.service.as_str().to_owned(),
            revision: state.revision,
            enabled: state.allowlist.enabled,
            entries: entries.collect(),
            passes: PassView::all(state, labels),
        }
    }
}

impl EntryView {
    fn new(cidr: String, label: Option<Label>) -> Self {
        let (name, note, until, added) = match label {
            Some(Label {
                name,
                note,
                until,
                added,
            }) => (name, note, until, Some(added)),
            None => (None, None, None, None),
        };
        Self {
            cidr,
            name,
            note,
            until,
            added,
        }
    }
}

impl PassView {
    /// The passes of a state, in the order in which they were made. One without a label has its digest as its name.
    pub(crate) fn all(state: &State, labels: &Labels) -> Vec<Self> {
        let known = labels.passes().iter();
        let known: HashMap<&str, _> = known.map(|pass| (&*pass.sha256, pass)).collect();
        let passes = state.allowlist.passes.iter().map(|pass| {
            let digest = pass.sha256.to_string();
            let label = known.get(&*digest);
            Self {
                made: label.map(|label| label.made.clone()),
                name: label.map_or(digest, |label| label.name.clone()),
                until: pass.until.map(from_core),
            }
        });
        passes.collect()
    }
}

impl LabelView {
    /// The labels with a name, a note or an end, and the entries of each.
    pub(crate) fn all(state: &State, labels: &Labels) -> Vec<Self> {
        let mut places: HashMap<&Arc<Label>, usize> = HashMap::new();
        let mut views: Vec<Self> = Vec::new();
        for (cidr, label) in labels.entries(&state.allowlist.cidrs) {
            let Some(label) = label.filter(|label| label.has_words()) else {
                continue;
            };
            let place = *places.entry(label).or_insert_with(|| {
                views.push(Self {
                    label: Label::clone(label),
                    cidrs: Vec::new(),
                });
                views.len() - 1
            });
            if let Some(view) = views.get_mut(place) {
                view.cidrs.push(cidr.to_string());
            }
        }
        views
    }
}
