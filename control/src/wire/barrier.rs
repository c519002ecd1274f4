//! A barrier, as operators see it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::wire::node::{NodeView, UnstoredView};
use crate::wire::stamp::Stamp;

/// How a barrier ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// Every node has it in force, and has drained.
    Done,
    /// The time was up.
    TimedOut,
    /// There were fewer nodes than were expected, or none.
    TooFew,
    /// Only nodes are missing that are not heard of any more.
    Lost,
    /// Only nodes are missing whose state is unknown.
    Unsure,
    /// A node refuses the document.
    Refused,
    /// A node has something in force that this store never made.
    Forked,
    /// A later change may admit requests that this one refuses, or the service was removed.
    Superseded,
}

impl Ending {
    /// The name by which JSON and the store know it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::TimedOut => "timed_out",
            Self::TooFew => "too_few",
            Self::Lost => "lost",
            Self::Unsure => "unsure",
            Self::Refused => "refused",
            Self::Forked => "forked",
            Self::Superseded => "superseded",
        }
    }
}

/// How far a barrier is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Progress {
    pub(crate) id: String,
    pub(crate) service: String,
    pub(crate) revision: u64,
    pub(crate) actor: String,
    pub(crate) began: Timestamp,
    /// When it ends at the latest.
    pub(crate) deadline: Timestamp,
    /// How many nodes there have to be.
    pub(crate) expect: Option<u64>,
    /// How it ended; `null` while it waits.
    pub(crate) ending: Option<Ending>,
    /// The later revision that may admit what this one refuses.
    pub(crate) superseded_by: Option<u64>,
    /// Who removed the service, which superseded the wait too.
    #[serde(default)]
    pub(crate) removed: Option<Stamp>,
    /// How many nodes there are that are not lost.
    pub(crate) nodes: usize,
    /// How many of these have it in force.
    pub(crate) in_force: usize,
    /// How many of these have it in force and have drained.
    pub(crate) drained: usize,
    /// Requests that still run on all of them together.
    pub(crate) running: u64,
    /// Whether all nodes are proxies, so that nothing is known of the application behind.
    pub(crate) edge_only: bool,
    /// How many nodes have not drained, lost ones among them.
    #[serde(default)]
    pub(crate) waiting_for: usize,
    /// The nodes that have not drained, the first hundred of them.
    pub(crate) missing: Vec<NodeView>,
    /// The lost nodes that had drained when they were heard last, the first hundred of them. They hinder no wait for
    /// this revision, and count towards nothing.
    #[serde(default)]
    pub(crate) lost: Vec<NodeView>,
    /// How many nodes have the state and could not be stored.
    #[serde(default)]
    pub(crate) unstored: u64,
    /// The first hundred of these.
    #[serde(default)]
    pub(crate) unstored_nodes: Vec<UnstoredView>,
    /// Requests since the revision came into force, by the rule that decided about them, on the nodes that are not
    /// lost and have just this revision in force.
    #[serde(default)]
    pub(crate) rules: BTreeMap<String, u64>,
}

impl Progress {
    /// Whether it says something else than `before`, besides what changes with every poll.
    pub(crate) fn is_news_after(&self, before: &Self) -> bool {
        self != before && self.quiet() != before.quiet()
    }

    /// It without what changes with every poll, and is no news.
    pub(crate) fn quiet(&self) -> Self {
        Self {
            missing: self.missing.iter().map(NodeView::quiet).collect(),
            lost: self.lost.iter().map(NodeView::quiet).collect(),
            rules: BTreeMap::new(),
            ..self.clone()
        }
    }
}
