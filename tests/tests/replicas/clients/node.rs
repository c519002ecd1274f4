use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use intermission::{ClientSource, MaintenanceLayer, PolicyHandle, Poller, TrustedProxies};
use intermission_testkit::LONG;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::cluster::{COUNT, Cluster};

/// A server with the layer, which polls the replicas.
pub(crate) struct Node {
    number: usize,
    pub(crate) address: SocketAddr,
    policy: PolicyHandle,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Node {
    /// Starts one. It serves as soon as a replica has answered it; until then its state would be its own affair.
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
        let policy = poller.start().await;
        timeout(LONG, policy.answered()).await.unwrap();
        let proxies = TrustedProxies::new(["127.0.0.0/8".parse().unwrap()].into_iter().collect());
        let layer = MaintenanceLayer::new(policy.clone())
            .with_extensions()
            .with_client_source(ClientSource::XForwardedFor(proxies));
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = app.layer(layer);
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let (stop, stopped) = oneshot::channel();
        let server = axum::serve(listener, app).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        Self {
            number,
            address,
            policy,
            stop,
            serving: tokio::spawn(async move { server.await.unwrap() }),
        }
    }

    /// Ends it as a deployment does, and starts it again where it was.
    pub(crate) async fn restart(self, cluster: &Cluster, token: &str, app: Router) -> Self {
        let _ = self.stop.send(());
        timeout(LONG, self.serving).await.unwrap().unwrap();
        self.policy.leave().await;
        Self::start(cluster, self.number, token, self.address, app).await
    }
}
