use std::io;
use std::net::SocketAddr;

use axum::Router;
use intermission::{ClientSource, MaintenanceLayer, PolicyHandle, Poller, TrustedProxies};
use intermission_testkit::LONG;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A server with the layer in this process, which takes a client's address from `X-Forwarded-For`.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    policy: PolicyHandle,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Starts one at `address` as soon as control has answered; until then its state would be its own affair.
    ///
    /// # Errors
    ///
    /// If control does not answer, or the address is not free.
    pub async fn start(poller: Poller, address: SocketAddr, app: Router) -> io::Result<Self> {
        let policy = poller.start().await;
        timeout(LONG, policy.answered()).await?;
        let local = "127.0.0.0/8".parse().map_err(io::Error::other)?;
        let proxies = TrustedProxies::new([local].into_iter().collect());
        let layer = MaintenanceLayer::new(policy.clone())
            .with_extensions()
            .with_client_source(ClientSource::XForwardedFor(proxies));
        let app = app.layer(layer);
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, app).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        Ok(Self {
            address,
            policy,
            stop,
            serving: tokio::spawn(async move { server.await }),
        })
    }

    /// Ends it as a deployment does: the last requests end, and it says goodbye.
    ///
    /// # Errors
    ///
    /// If a request does not end.
    pub async fn stop(self) -> io::Result<()> {
        let _ = self.stop.send(());
        timeout(LONG, self.serving).await???;
        self.policy.leave().await;
        Ok(())
    }
}
