use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use intermission::{ClientSource, MaintenanceLayer, PolicyHandle, Poller, TrustedProxies};
use intermission_testkit::LONG;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Control;

/// A server with the layer, in this process.
pub(crate) struct Node {
    name: String,
    pub(crate) address: SocketAddr,
    policy: PolicyHandle,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Node {
    /// Starts one where `address` says, as soon as it has heard from control.
    pub(crate) async fn start(
        control: &Control,
        name: &str,
        address: SocketAddr,
        app: Router,
    ) -> Self {
        Self::start_at(&control.state_url(), &control.token, name, address, app).await
    }

    /// The same, with another way to control.
    pub(crate) async fn start_at(
        url: &str,
        token: &str,
        name: &str,
        address: SocketAddr,
        app: Router,
    ) -> Self {
        let poller = Poller::new(url)
            .unwrap()
            .with_token(token)
            .unwrap()
            .with_name(name)
            .with_wait(Duration::from_secs(2))
            .with_interval(Duration::from_secs(1))
            .with_start_wait(LONG);
        let policy = poller.start().await;
        // Testers say who they are.
        let proxies = TrustedProxies::new(["127.0.0.0/8".parse().unwrap()].into_iter().collect());
        let layer = MaintenanceLayer::new(policy.clone())
            .with_extensions()
            .with_client_source(ClientSource::XForwardedFor(proxies));
        let app = app.layer(layer);
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, app).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        Self {
            name: name.to_owned(),
            address,
            policy,
            stop,
            serving: tokio::spawn(async move { server.await.unwrap() }),
        }
    }

    /// Ends it as a deployment does: the last requests end, and it says goodbye.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        tokio::time::timeout(LONG, self.serving)
            .await
            .unwrap()
            .unwrap();
        self.policy.leave().await;
    }

    /// The same, and starts it again where it was.
    pub(crate) async fn restart(self, control: &Control, app: Router) -> Self {
        let (name, address) = (self.name.clone(), self.address);
        self.stop().await;
        Self::start(control, &name, address, app).await
    }
}

/// Any free port.
pub(crate) const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
