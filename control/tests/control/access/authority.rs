use std::fs;
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use intermission_testkit::control::{Answer, Ask, Home};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// A private CA.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer }
    }

    /// Its certificate as a file, for clients that are to trust it.
    pub(crate) fn file(&self, home: &Home) -> String {
        let path = home.path().join("ca.pem");
        fs::write(&path, self.issuer.pem()).unwrap();
        path.display().to_string()
    }

    /// Puts a certificate for these names where control looks, and returns the options for it.
    pub(crate) fn certify(&self, home: &Home, names: &[&str]) -> [String; 4] {
        let key = KeyPair::generate().unwrap();
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let params = CertificateParams::new(names).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let [chain, secret] = files(home);
        fs::write(&chain, certificate.pem()).unwrap();
        fs::write(&secret, key.serialize_pem()).unwrap();
        let [chain, secret] = [chain, secret].map(|path| path.display().to_string());
        [
            "--tls-cert".to_owned(),
            chain,
            "--tls-key".to_owned(),
            secret,
        ]
    }

    /// Asks the control at `address`, as a client that trusts this CA and expects `name`.
    pub(crate) fn ask(&self, address: &str, name: &str, ask: &Ask) -> std::io::Result<Answer> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = name.to_owned().try_into().unwrap();
        let client = ClientConnection::new(Arc::new(config), name).unwrap();
        let tcp = TcpStream::connect(address)?;
        tcp.set_read_timeout(Some(Duration::from_secs(20)))?;
        ask.send_over(StreamOwned::new(client, tcp), address)
    }
}

/// Where control looks for its certificate and its key.
pub(crate) fn files(home: &Home) -> [PathBuf; 2] {
    ["control.pem", "control.key"].map(|name| home.path().join(name))
}
