//! A node, as operators see it.

use std::collections::BTreeMap;

pub(crate) use intermission_core::MemberId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
    /// Where another replica of control serves to which it reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replica: Option<String>,
}

/// A node that has the state and could not be stored as a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UnstoredNode {
    Process(MemberId),
    /// A node whose report cannot be read, by the token that it came with and the reason.
    Unreadable {
        token: String,
        reason: String,
    },
}

/// Such a node, as operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UnstoredView {
    /// The node's name; none where its report cannot be read.
    pub(crate) name: Option<String>,
    pub(crate) boot: Option<String>,
    /// The name of the token that it came with.
    pub(crate) token: String,
    /// Why it is no member.
    pub(crate) reason: String,
    /// Since when.
    pub(crate) since: Timestamp,
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

impl NodeView {
    pub(crate) fn quiet(&self) -> Self {
        Self {
            heard: None,
            rules: BTreeMap::new(),
            ..self.clone()
        }
    }
}
