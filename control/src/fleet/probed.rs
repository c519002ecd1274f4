//! Paths that health checks seem to ask for, and that maintenance refuses.

use std::collections::{BTreeMap, BTreeSet};

use intermission_core::{Policy, RequestView, State, Verdict};
use jiff::Timestamp;

use crate::fleet::NodeView;
use crate::values::timestamp::to_core;

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

/// Those of the paths that `state` refuses, as far as that does not depend on the client's address.
///
/// Not among them are paths that stay open to probers: which peer asks is known to the node alone.
pub(crate) fn refused(
    mut paths: BTreeMap<String, Probed>,
    state: &State,
    now: Timestamp,
) -> BTreeMap<String, Probed> {
    let policy = Policy::compile(state, to_core(now));
    let no_headers: &[(&str, &str)] = &[];
    paths.retain(|path, _| {
        let view = RequestView::new(b"GET", path.as_bytes(), no_headers);
        !policy.asks_peer(view.path) && matches!(policy.decide(&view).verdict, Verdict::Refuse(_))
    });
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

#[cfg(test)]
mod tests {
    use intermission_core::{Mode, Prober, ServiceName};

    use super::*;
    use crate::fleet::{Heard, Member, Position, Report, Standing};

    fn node(name: &str, probed: &str) -> NodeView {
        let line = format!("\"{name}\";boot=\"b\";seq=1;kind=tower;wait=10;probed=\"{probed}\"");
        let report = Report::read(line.as_bytes()).unwrap();
        let heard = Heard::now(report, Position::Before);
        let at = heard.at;
        Member::new(heard, "nodes").view(Standing::Behind, at)
    }

    #[test]
    fn paths_that_are_refused_are_described_once_for_all_nodes() {
        let nodes = [
            node("a", "kube-probe:/health kube-probe:/healthz"),
            node("b", "kube-probe:/health GoogleHC:/health"),
        ];
        let mut state = State::initial(ServiceName::unknown(), Mode::All);
        state.exempt.paths = vec!["/healthz".parse().unwrap()];
        let refused = refused(probed(&nodes), &state, Timestamp::UNIX_EPOCH);
        let lines: Vec<_> = refused
            .iter()
            .map(|(path, probed)| probed.describe(path))
            .collect();
        assert_eq!(
            lines,
            [
                "maintenance refuses /health, which a client that claims to be GoogleHC or kube-probe asks 2 nodes for \
                 at even intervals: a health check that is refused may restart or remove the nodes"
            ]
        );
        state.exempt.probers = vec![Prober {
            cidr: "35.191.0.0/16".parse().unwrap(),
            paths: vec!["/health".parse().unwrap()],
        }];
        assert!(super::refused(probed(&nodes), &state, Timestamp::UNIX_EPOCH).is_empty());
        state.exempt.probers.clear();
        state.maintenance = Mode::Writes;
        assert!(super::refused(probed(&nodes), &state, Timestamp::UNIX_EPOCH).is_empty());
    }
}
