use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpStream;

/// The addresses of the connection that a request has come by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoints {
    /// This machine's.
    pub(crate) local: Option<IpAddr>,
    /// The caller's.
    pub(crate) peer: Option<IpAddr>,
}

impl Endpoints {
    pub(crate) fn of(stream: &TcpStream) -> Self {
        // A socket for both families says ::ffff:192.0.2.1, and Host 192.0.2.1.
        let ip = |address: SocketAddr| address.ip().to_canonical();
        Self {
            local: stream.local_addr().ok().map(ip),
            peer: stream.peer_addr().ok().map(ip),
        }
    }

    /// Whether the connection stays on this machine.
    pub(crate) fn are_loopback(self) -> bool {
        let is_loopback = |end: Option<IpAddr>| end.is_some_and(|ip| ip.is_loopback());
        is_loopback(self.local) && is_loopback(self.peer)
    }

    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn unknown() -> Self {
        Self {
            local: None,
            peer: None,
        }
    }
}
