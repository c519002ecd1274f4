//! The fleet as operators see it: the wire between control and the command.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fleet::{Ending, UnstoredView};

/// How a node stands to a revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// It has it in force, and nothing runs that was admitted before.
    Drained,
    /// It has it in force, and requests still run that were admitted before.
    Running,
    /// It has it not in force yet.
    Behind,
    /// It has not been heard since control started.
    Unheard,
    /// It refuses the document.
    Refused,
    /// It has something in force that this store never made.
    Forked,
    /// Its state is not known: one of its threads is silent, or it does not see the end of its connections.
    Unsure,
    /// It has not been heard for three waits, or its token has been revoked.
    Lost,
}

impl Standing {
    pub(crate) const ALL: [Self; 8] = [
        Self::Drained,
        Self::Running,
        Self::Behind,
        Self::Unheard,
        Self::Refused,
        Self::Forked,
        Self::Unsure,
        Self::Lost,
    ];

    /// The name by which JSON and metrics know it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Drained => "drained",
            Self::Running => "running",
            Self::Behind => "behind",
            Self::Unheard => "unheard",
            Self::Refused => "refused",
            Self::Forked => "forked",
            Self::Unsure => "unsure",
            Self::Lost => "lost",
        }
    }

    /// Whether time alone may bring it further.
    pub(crate) fn is_on_its_way(self) -> bool {
        matches!(self, Self::Running | Self::Behind | Self::Unheard)
    }
}

/// The answer to `GET …/fleet`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FleetView {
    pub(crate) service: String,
    pub(crate) revision: u64,
    pub(crate) nodes: Vec<NodeView>,
    /// How many nodes have the state and could not be stored.
    #[serde(default)]
    pub(crate) unstored: u64,
    /// The first hundred of these.
    #[serde(default)]
    pub(crate) unstored_nodes: Vec<UnstoredView>,
    /// The barriers that are open.
    pub(crate) barriers: Vec<Progress>,
}

/// One node, and how it stands to a revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NodeView {
    pub(crate) name: String,
    pub(crate) boot: String,
    /// `tower` or `envoy`.
    pub(crate) kind: String,
    pub(crate) standing: Standing,
    /// The revision that it has in force, if it is one of this store.
    pub(crate) revision: Option<u64>,
    /// The entity tag of what it has in force, without its quotes.
    pub(crate) applied: Option<String>,
    /// Requests that run though what it has in force would refuse them.
    pub(crate) running: u64,
    /// Upgraded connections whose end it does not see.
    pub(crate) upgraded: u64,
    /// The lowest revision under which one of these was admitted.
    pub(crate) oldest: Option<u64>,
    /// Its threads that are silent.
    pub(crate) silent: Vec<String>,
    /// Why it did not take the last document.
    pub(crate) error: Option<String>,
    pub(crate) joined: Timestamp,
    /// When it was heard last, since control started.
    pub(crate) heard: Option<Timestamp>,
    /// Whether it has not been heard for three waits, or its token has been revoked.
    pub(crate) lost: bool,
    /// Whether it is lost, and its lease has run out, so that it admits no new request.
    pub(crate) closed: bool,
    /// The longest time between two of its polls, in seconds; it is lost after three times this.
    #[serde(default)]
    pub(crate) wait: u64,
    /// The name of the token that its last report came with.
    #[serde(default)]
    pub(crate) token: String,
    /// The level of the document's format that it reads; `null` if it has not been heard since control started.
    #[serde(default)]
    pub(crate) format: Option<u64>,
    /// Requests since what it has in force came into force, by the rule that decided about them.
    #[serde(default)]
    pub(crate) rules: BTreeMap<String, u64>,
    /// Paths that health checks seem to ask it for and that maintenance refuses, each as `AGENT:PATH`.
    #[serde(default)]
    pub(crate) probed: Vec<String>,
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

/// The requests of nodes that are not lost and have `revision` in force, by rule.
pub(crate) fn rules(nodes: &[NodeView], revision: u64) -> BTreeMap<String, u64> {
    let mut rules = BTreeMap::new();
    let counts = |node: &&NodeView| !node.lost && node.revision == Some(revision);
    for (rule, count) in nodes.iter().filter(counts).flat_map(|node| &node.rules) {
        let total: &mut u64 = rules.entry(rule.clone()).or_default();
        *total = total.saturating_add(*count);
    }
    rules
}

impl FleetView {
    /// It without what changes with every poll, and is no news.
    pub(crate) fn quiet(&self) -> Self {
        Self {
            nodes: self.nodes.iter().map(NodeView::quiet).collect(),
            barriers: self.barriers.iter().map(Progress::quiet).collect(),
            ..self.clone()
        }
    }
}

impl Progress {
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

impl NodeView {
    fn quiet(&self) -> Self {
        Self {
            heard: None,
            rules: BTreeMap::new(),
            ..self.clone()
        }
    }
}
