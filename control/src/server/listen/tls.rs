use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::warn;

use super::connections::{Arrival, Door};
use super::patient::Patient;
use crate::server::listen::ends::Ends;
use crate::server::log_limiter::Sparing;

/// How long a client may take to agree on keys.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where connections come in that are to be encrypted.
#[derive(Debug)]
pub(crate) struct TlsDoor {
    tcp: TcpListener,
    config: watch::Receiver<Arc<ServerConfig>>,
    refusals: Sparing,
}

/// A connection before its TLS handshake.
#[derive(Debug)]
pub(crate) struct Handshake {
    stream: TcpStream,
    config: Arc<ServerConfig>,
    refusals: Sparing,
}

impl TlsDoor {
    pub(crate) fn new(tcp: TcpListener, config: watch::Receiver<Arc<ServerConfig>>) -> Self {
        Self {
            tcp,
            config,
            refusals: Sparing::new("a client and control do not agree on TLS"),
        }
    }
}

impl Door for TlsDoor {
    type Arrival = Handshake;

    async fn accept(&mut self) -> Handshake {
        let stream = Door::accept(&mut self.tcp).await;
        let config = Arc::clone(&self.config.borrow());
        Handshake {
            stream,
            config,
            refusals: self.refusals.clone(),
        }
    }
}

impl Arrival for Handshake {
    type Stream = TlsStream<Patient<TcpStream>>;

    fn ends(&self) -> Ends {
        Ends::of(&self.stream)
    }

    async fn establish(self) -> Option<Self::Stream> {
        let peer = self.ends().peer;
        let acceptor = TlsAcceptor::from(self.config);
        let handshake = acceptor.accept(Patient::new(self.stream));
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
