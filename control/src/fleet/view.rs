//! The fleet as operators see it: the wire between control and the command.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fleet::Ending;

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
    /// Nobody can tell: one of its threads is silent, or it does not see the end of its connections.
    Unsure,
    /// It has not been heard for three waits.
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
    /// Whether it has not been heard for three waits.
    pub(crate) lost: bool,
    /// Whether it is lost, and its lease has ended, so that it must have closed by itself.
    pub(crate) closed: bool,
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
    /// How many nodes there are.
    pub(crate) nodes: usize,
    /// How many have it in force.
    pub(crate) in_force: usize,
    /// How many have it in force and have drained.
    pub(crate) drained: usize,
    /// Requests that still run on all of them together.
    pub(crate) running: u64,
    /// Whether all nodes are proxies, so that nothing is known of the application behind.
    pub(crate) edge_only: bool,
    /// The nodes that have not drained, the first hundred of them.
    pub(crate) missing: Vec<NodeView>,
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
            ..self.clone()
        }
    }
}

impl NodeView {
    fn quiet(&self) -> Self {
        Self {
            heard: None,
            ..self.clone()
        }
    }
}
