use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio_rustls::TlsConnector;

/// The CA of all machines, and one certificate for all of their addresses.
#[derive(Debug)]
pub(crate) struct Authority {
    pub(crate) ca: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
    config: Arc<ClientConfig>,
}

impl Authority {
    /// Writes the files into `folder`.
    pub(crate) fn new(folder: &Path, addresses: impl Iterator<Item = IpAddr>) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
        let names: Vec<_> = addresses.map(|address| address.to_string()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params
            .distinguished_name
            .push(DnType::CommonName, "intermission");
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let file = |name: &str, pem: String| {
            let path = folder.join(name);
            fs::write(&path, pem).unwrap();
            path
        };
        let mut roots = RootCertStore::empty();
        roots.add(issuer.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            ca: file("ca.pem", issuer.pem()),
            certificate: file("machine.pem", certificate.pem()),
            key: file("machine.key", key.serialize_pem()),
            config: Arc::new(config),
        }
    }

    /// What connects to a machine by TLS.
    pub(crate) fn connector(&self) -> TlsConnector {
        Arc::clone(&self.config).into()
    }
}
