use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use intermission::Poller;
use intermission_tests::strangers::Server;

use crate::cluster::{COUNT, Cluster};

/// A server with the layer, which polls the replicas.
pub(crate) struct Node {
    number: usize,
    pub(crate) address: SocketAddr,
    server: Server,
}

impl Node {
    /// Starts one, as soon as a replica has answered it.
    pub(crate) async fn start(
        cluster: &Cluster,
        number: usize,
        token: &str,
        address: SocketAddr,
        app: Router,
    ) -> Self {
        let urls = cluster.urls(number % COUNT).into_iter();
        let urls: Vec<_> = urls
            .map(|url| format!("{url}/v1/services/shop/state"))
            .collect();
        let poller = Poller::new_with_ca_file(urls, &cluster.authority.ca)
            .unwrap()
            .with_token(token)
            .unwrap()
            .with_name(format!("node-{number}"))
            .with_wait(Duration::from_secs(2))
            .with_interval(Duration::from_secs(1));
        let server = Server::start(poller, address, app).await.unwrap();
        Self {
            number,
            address: server.address,
            server,
        }
    }

    /// Ends it as a deployment does, and starts it again where it was.
    pub(crate) async fn restart(self, cluster: &Cluster, token: &str, app: Router) -> Self {
        self.server.stop().await.unwrap();
        Self::start(cluster, self.number, token, self.address, app).await
    }
}
