use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

/// How what is said to control is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Privacy {
    /// By TLS.
    Encrypted,
    /// By its staying on this machine.
    Loopback,
    /// By something else, or not at all.
    Insecure,
}

/// Binds `address`, which must not be reachable from other machines in clear, unless that is meant.
pub(super) async fn listen(
    address: SocketAddr,
    privacy: Privacy,
) -> Result<TcpListener, ListenError> {
    if privacy == Privacy::Loopback && !address.ip().is_loopback() {
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
                "{address} can be reached from other machines, and tokens would travel in clear; give --tls-cert FILE and \
                 --tls-key FILE, or --insecure-listen-in-clear if something else encrypts the way, or listen on 127.0.0.1"
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
