use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::warn;

use super::connections::{Acceptor, Arrival};
use super::patient::TimeoutStream;
use crate::server::listen::ends::Endpoints;
use crate::server::log_limiter::LogLimiter;

/// How long a client may take to agree on keys.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where connections come in that are to be encrypted.
#[derive(Debug)]
pub(crate) struct TlsDoor {
    tcp: TcpListener,
    config: watch::Receiver<Arc<ServerConfig>>,
    refusals: LogLimiter,
}

/// A connection before its TLS handshake.
#[derive(Debug)]
pub(crate) struct Handshake {
    stream: TcpStream,
    config: Arc<ServerConfig>,
    refusals: LogLimiter,
}

impl TlsDoor {
    pub(crate) fn new(tcp: TcpListener, config: watch::Receiver<Arc<ServerConfig>>) -> Self {
        Self {
            tcp,
            config,
            refusals: LogLimiter::new("a client and control do not agree on TLS"),
        }
    }
}

impl Acceptor for TlsDoor {
    type Arrival = Handshake;

    async fn accept(&mut self) -> Handshake {
        let stream = Acceptor::accept(&mut self.tcp).await;
        let config = Arc::clone(&self.config.borrow());
        Handshake {
            stream,
            config,
            refusals: self.refusals.clone(),
        }
    }
}

impl Arrival for Handshake {
    type Stream = TlsStream<TimeoutStream<TcpStream>>;

    fn ends(&self) -> Endpoints {
        Endpoints::of(&self.stream)
    }

    async fn establish(self) -> Option<Self::Stream> {
        let peer = self.ends().peer;
        let acceptor = TlsAcceptor::from(self.config);
        let handshake = acceptor.accept(TimeoutStream::new(self.stream));
        match tokio::time::timeout(PATIENCE, handshake).await {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) if is_explained(&error) => {
                let peer = peer.map(tracing::field::display);
                self.refusals.write(|kind| warn!(peer, %error, "{kind}"));
                None
            }
            // A client that knocks and goes away, as the probes of load balancers do, is not worth a line.
            _ => None,
        }
    }
}

/// Whether the client has said something, such as that it does not trust the certificate.
fn is_explained(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|error| error.is::<rustls::Error>())
}
