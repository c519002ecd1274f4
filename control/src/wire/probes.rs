//! Paths that health checks seem to ask nodes for.

use std::collections::{BTreeMap, BTreeSet};

/// The clients that ask for one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Probed {
    /// What they claim to be in their `User-Agent`.
    pub(crate) agents: BTreeSet<String>,
    /// How many nodes they ask.
    pub(crate) nodes: usize,
}

/// The paths that nodes have reported, of each of which this is what it has probed.
pub(crate) fn probed<'n>(nodes: impl Iterator<Item = &'n Vec<String>>) -> BTreeMap<String, Probed> {
    let mut paths: BTreeMap<&str, (BTreeSet<&str>, usize)> = BTreeMap::new();
    for node in nodes {
        let asked = node.iter().filter_map(|asked| asked.split_once(':'));
        let mut seen = BTreeSet::new();
        for (agent, path) in asked {
            let (agents, nodes) = paths.entry(path).or_default();
            agents.insert(agent);
            *nodes += usize::from(seen.insert(path));
        }
    }
    let paths = paths.into_iter().map(|(path, (agents, nodes))| {
        let agents = agents.into_iter().map(str::to_owned).collect();
        (path.to_owned(), Probed { agents, nodes })
    });
    paths.collect()
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
