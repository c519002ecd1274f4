use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use jiff::Timestamp;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::server::certificates::ends;
use crate::store::Cluster;

/// How long a member is waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks members of etcd for their certificates.
#[derive(Clone)]
pub(super) struct Connector(TlsConnector);

impl Connector {
    /// One that trusts the CAs of a cluster, and shows the certificate that control has for it.
    pub(super) fn new(cluster: &Cluster) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        if let Some(authority) = &cluster.authority {
            roots.add_parsable_certificates(certificates(authority)?);
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_root_certificates(roots);
        let mut config = match &cluster.identity {
            Some((chain, key)) => {
                let key = PrivateKeyDer::from_pem_file(key).map_err(io::Error::other)?;
                let shown = config.with_client_auth_cert(certificates(chain)?, key);
                shown.map_err(io::Error::other)?
            }
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// When the certificates that the member at `url` shows end; none where it does not show any that is valid.
    pub(super) async fn ends(&self, url: &str) -> Option<Timestamp> {
        let uri: Uri = url.parse().ok()?;
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host.to_owned()).ok()?;
        let address = (host, uri.port_u16().unwrap_or(443));
        let connect = async {
            let stream = TcpStream::connect(address).await.ok()?;
            self.0.connect(name, stream).await.ok()
        };
        let stream = timeout(PATIENCE, connect).await.ok()??;
        let (_, connection) = stream.get_ref();
        let shown = connection.peer_certificates()?.iter();
        shown.filter_map(ends::of).min()
    }
}

fn certificates(file: &Path) -> io::Result<Vec<CertificateDer<'static>>> {
    let found = CertificateDer::pem_file_iter(file).map_err(io::Error::other)?;
    found.collect::<Result<_, _>>().map_err(io::Error::other)
}
