use intermission_core::State;
use intermission_corpus::{Node, Vector};
use serde_json::{Value, json};

/// A filter in a state: one of many in one Envoy, distinguished by the port that a PROXY header names.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// The state that its endpoint gives.
    pub state: State,
    /// Where it takes the client's address from.
    pub client: ClientSetting,
    /// Whether it listens on a Unix socket, too.
    pub unix: bool,
}

/// Where a filter takes the client's address from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientSetting {
    /// From what it takes if nothing is configured.
    Default,
    /// From what a node of the corpus takes it.
    Node(Node),
}

impl Site {
    /// The site that a vector is about, and for a vector that is about the peer one more, whose filter
    /// takes the peer from the filter state.
    #[must_use]
    pub fn of(vector: &Vector) -> Vec<Self> {
        let site = |client| Self {
            state: vector.state.clone(),
            client,
            unix: matches!(&*vector.request.peer, "unix" | "unknown"),
        };
        match &vector.node {
            Some(node) => vec![site(ClientSetting::Node(node.clone()))],
            None => vec![
                site(ClientSetting::Default),
                site(ClientSetting::Node(Node::default())),
            ],
        }
    }

    /// The plugin configuration; the state lies under `path` at the cluster `control`.
    pub(super) fn plugin(&self, path: &str) -> Value {
        let mut plugin = json!({
            "cluster": "control",
            "path": path,
            "interval": 3600,
            "wait": 0,
            "start_wait": 60,
        });
        if let (Some(members), ClientSetting::Node(node)) = (plugin.as_object_mut(), &self.client) {
            members.insert("client".into(), node.client_setting());
        }
        plugin
    }
}
