use std::fmt;
use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// How what is said to control is kept from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Privacy {
    /// By TLS.
    Encrypted,
    /// By its staying on this machine.
    Loopback,
    /// By something else, or not at all.
    Insecure,
}

/// Binds `address`, which must not be reachable from other machines in clear, unless that is meant.
pub(crate) fn listen(address: SocketAddr, privacy: Privacy) -> Result<TcpListener, ListenError> {
    if privacy == Privacy::Loopback && !address.ip().is_loopback() {
        return Err(ListenError::BeyondLoopback(address));
    }
    bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::Taken(address),
        _ => ListenError::Io(address, error),
    })
}

/// A listener whose connections keep little of what their clients do not read, so that those which read nothing do not
/// use up the memory that the kernel has for all connections of the machine.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    /// In bytes; an answer that is longer waits in control, where it is shared.
    const SEND_BUFFER: u32 = 64 << 10;
    const BACKLOG: u32 = 1024;
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    socket.set_reuseaddr(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Why an address cannot be listened on.
#[derive(Debug)]
pub(crate) enum ListenError {
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_kernel_keeps_little_of_what_a_client_does_not_read() {
        let listener = listen("127.0.0.1:0".parse().unwrap(), Privacy::Loopback).unwrap();
        let client = TcpSocket::new_v4().unwrap();
        client.set_recv_buffer_size(4096).unwrap();
        let address = listener.local_addr().unwrap();
        let (client, accepted) = tokio::join!(client.connect(address), listener.accept());
        let (_client, (server, _)) = (client.unwrap(), accepted.unwrap());
        let mut server = server.into_std().unwrap();
        server.set_nonblocking(false).unwrap();
        server
            .set_write_timeout(Some(Duration::from_millis(200)))
            .unwrap();
        let mut written = 0;
        while let Ok(more @ 1..) = server.write(&[0; 4096]) {
            written += more;
        }
        assert!(written < 512 << 10, "{written} bytes");
    }
}
