use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::warn;

/// How long a client may take to agree on keys.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many clients agree on keys at a time; the others wait.
const MOST: usize = 1024;

/// Accepts connections, and gives those away that are encrypted.
#[derive(Debug)]
pub(super) struct TlsListener {
    tcp: TcpListener,
    config: watch::Receiver<Arc<ServerConfig>>,
    /// Clients that agree on keys, each at its own pace.
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl TlsListener {
    pub(super) fn new(tcp: TcpListener, config: watch::Receiver<Arc<ServerConfig>>) -> Self {
        Self {
            tcp,
            config,
            handshakes: JoinSet::new(),
        }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let has_room = self.handshakes.len() < MOST;
            tokio::select! {
                (stream, peer) = Listener::accept(&mut self.tcp), if has_room => {
                    let config = Arc::clone(&self.config.borrow());
                    self.handshakes.spawn(shake_hands(config, stream, peer));
                }
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(accepted)) = done {
                        return accepted;
                    }
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

async fn shake_hands(
    config: Arc<ServerConfig>,
    stream: TcpStream,
    peer: SocketAddr,
) -> Option<(TlsStream<TcpStream>, SocketAddr)> {
    let shaken = tokio::time::timeout(PATIENCE, TlsAcceptor::from(config).accept(stream)).await;
    match shaken {
        Ok(Ok(stream)) => Some((stream, peer)),
        Ok(Err(error)) if is_told(&error) => {
            warn!(%peer, %error, "a client and control do not agree on TLS");
            None
        }
        // Whoever knocks and goes away, as the probes of load balancers do, is not worth a line.
        _ => None,
    }
}

/// Whether the client has said anything, such as that it does not trust the certificate.
fn is_told(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|error| error.is::<rustls::Error>())
}
