//! The nodes of a service, as operators see them.

use serde::{Deserialize, Serialize};

use crate::wire::barrier::Progress;
use crate::wire::node::{NodeView, UnstoredView};
use crate::wire::replica::ReplicaView;

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
    /// The replicas that serve the same store; none where one control serves it alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) replicas: Vec<ReplicaView>,
}

/// The answer to `GET /v1/fleet`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WholeFleet {
    pub(crate) services: Vec<FleetView>,
}

impl FleetView {
    /// It without what changes with every poll, and is no news.
    pub(crate) fn quiet(&self) -> Self {
        Self {
            nodes: self.nodes.iter().map(NodeView::quiet).collect(),
            barriers: self.barriers.iter().map(Progress::quiet).collect(),
            replicas: self.replicas.iter().map(ReplicaView::quiet).collect(),
            ..self.clone()
        }
    }
}
