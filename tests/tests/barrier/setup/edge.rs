use std::net::SocketAddr;

use axum::Router;
use intermission_testkit::envoy::{Edge, Envoy, Module};
use intermission_testkit::eventually;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::Control;

/// An Envoy with two workers before an application that knows nothing of maintenance; both end with this value.
pub(crate) struct EdgeNode {
    pub(crate) address: SocketAddr,
    _envoy: Envoy,
    application: JoinHandle<()>,
}

impl EdgeNode {
    /// Starts both with this filter, and waits until control knows the node by its name.
    pub(crate) async fn start(control: &Control, module: Module, name: &str, app: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let edge = Edge {
            module,
            ..Edge::new(control.address)
        };
        let mut edge = edge.with_plugin(json!({
            "path": "/v1/services/shop/state",
            "authority": control.address.to_string(),
            "token": control.token,
            "node": name,
            "wait": 2,
        }));
        edge.application = Some(listener.local_addr().unwrap());
        let application = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let envoy = edge.start().await;
        eventually("control knows the edge", async || {
            let nodes = control.nodes().await;
            nodes.iter().any(|node| node["name"] == name)
        })
        .await;
        Self {
            address: envoy.address(),
            _envoy: envoy,
            application,
        }
    }
}

impl Drop for EdgeNode {
    fn drop(&mut self) {
        self.application.abort();
    }
}
