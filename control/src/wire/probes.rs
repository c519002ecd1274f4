//! Paths that health checks seem to ask nodes for.

use std::collections::{BTreeMap, BTreeSet};

use crate::wire::node::NodeView;

/// The clients that ask for one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Probed {
    /// What they claim to be in their `User-Agent`.
    pub(crate) agents: BTreeSet<String>,
    /// How many nodes they ask.
    pub(crate) nodes: usize,
}

/// The paths that nodes which are not lost have reported.
pub(crate) fn probed(nodes: &[NodeView]) -> BTreeMap<String, Probed> {
    let mut paths: BTreeMap<String, Probed> = BTreeMap::new();
    for node in nodes.iter().filter(|node| !node.lost) {
        let asked = node.probed.iter().filter_map(|asked| asked.split_once(':'));
        let mut seen = BTreeSet::new();
        for (agent, path) in asked {
            let probed = paths.entry(path.to_owned()).or_default();
            probed.agents.insert(agent.to_owned());
            probed.nodes += usize::from(seen.insert(path));
        }
    }
    paths
}

impl Probed {
    /// One line about these clients, which ask for `path`.
    pub(crate) fn describe(&self, path: &str) -> String {
        let agents: Vec<_> = self.agents.iter().map(String::as_str).collect();
        let nodes = match self.nodes {
            1 => "1 node".to_owned(),
            nodes => format!("{nodes} nodes"),
        };
        format!(
            "maintenance refuses {path}, which a client that claims to be {} asks {nodes} for at even intervals: a health \
             check that is refused may restart or remove the nodes",
            agents.join(" or ")
        )
    }
}
