use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use intermission::Poller;
use intermission_testkit::free_address;
use intermission_tests::strangers::Server;

use super::Control;

/// A server with the layer, in this process.
pub(crate) struct Node {
    name: String,
    pub(crate) address: SocketAddr,
    server: Server,
}

impl Node {
    /// Starts one, as soon as it has heard from control.
    pub(crate) async fn start(control: &Control, name: &str, app: Router) -> Self {
        Self::start_at(&control.state_url(), &control.token, name, app).await
    }

    /// The same, with another way to control.
    pub(crate) async fn start_at(url: &str, token: &str, name: &str, app: Router) -> Self {
        Self::listen(url, token, name, free_address(), app).await
    }

    async fn listen(url: &str, token: &str, name: &str, address: SocketAddr, app: Router) -> Self {
        let poller = Poller::new(url)
            .unwrap()
            .with_token(token)
            .unwrap()
            .with_name(name)
            .with_wait(Duration::from_secs(2))
            .with_interval(Duration::from_secs(1));
        let server = Server::start(poller, address, app).await.unwrap();
        Self {
            name: name.to_owned(),
            address: server.address,
            server,
        }
    }

    /// Ends it as a deployment does: the last requests end, and it says goodbye.
    pub(crate) async fn stop(self) {
        self.server.stop().await.unwrap();
    }

    /// The same, and starts it again where it was.
    pub(crate) async fn restart(self, control: &Control, app: Router) -> Self {
        self.server.stop().await.unwrap();
        let url = control.state_url();
        Self::listen(&url, &control.token, &self.name, self.address, app).await
    }
}
