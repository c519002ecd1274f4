use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// Binds `address`, which must not be reachable from other machines: nothing here is encrypted.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    if !address.ip().is_loopback() {
        return Err(ListenError::BeyondLoopback(address));
    }
    let bound = TcpListener::bind(address).await;
    bound.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken(address),
        _ => ListenError::Io(address, error),
    })
}

/// Why an address cannot be listened on.
#[derive(Debug)]
pub(super) enum ListenError {
    BeyondLoopback(SocketAddr),
    Taken(SocketAddr),
    Io(SocketAddr, io::Error),
}

impl fmt::Display for ListenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeyondLoopback(address) => write!(
                f,
                "{address} can be reached from other machines, and this version speaks no TLS; listen on \
                 127.0.0.1 or [::1], and put a proxy that does TLS before it"
            ),
            Self::Taken(address) => write!(
                f,
                "{address} is taken by another process; stop it, or name another address with --listen"
            ),
            Self::Io(address, error) => write!(f, "{address}: {error}"),
        }
    }
}

impl std::error::Error for ListenError {}
