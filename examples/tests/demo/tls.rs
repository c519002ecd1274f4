//! A certificate for control, from a CA that only the demo trusts.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};

/// Control's name for Envoy; the apps and the operator use the address.
pub(crate) const NAME: &str = "control.example";

/// The files of the certificate.
#[derive(Debug)]
pub(crate) struct Tls {
    pub(crate) ca: PathBuf,
    chain: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// Makes the files in `home`, for a control on `address`.
    pub(crate) fn make(home: &Path, address: &str) -> Result<Self> {
        let mut params = CertificateParams::new([])?;
        // Envoy takes a certificate for self-signed if its issuer has the same name.
        params
            .distinguished_name
            .push(DnType::CommonName, "the demo's CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let key = KeyPair::generate()?;
        let names = [NAME, address].map(str::to_owned);
        let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
        let write = |name: &str, pem: String| {
            let path = home.join(name);
            fs::write(&path, pem).map(|()| path)
        };
        Ok(Self {
            ca: write("ca.pem", issuer.pem())?,
            chain: write("control.pem", certificate.pem())?,
            key: write("control.key", key.serialize_pem())?,
        })
    }

    /// The TLS flags of control.
    pub(crate) fn options(&self) -> Vec<String> {
        let [chain, key] = [&self.chain, &self.key].map(|path| path.display().to_string());
        let flags = ["--tls-cert", "--tls-key", "--host"].map(str::to_owned);
        flags
            .into_iter()
            .zip([chain, key, NAME.to_owned()])
            .flat_map(<[String; 2]>::from)
            .collect()
    }

    /// The `transport_socket` of Envoy's cluster, as the filter's README has it.
    pub(crate) fn transport_socket(&self) -> Result<String> {
        let papers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../edge-filter/README.md");
        let papers = fs::read_to_string(papers)?;
        let (_, rest) = papers
            .split_once("```yaml\ntransport_socket:")
            .context("no transport_socket")?;
        let (rest, _) = rest.split_once("```").context("no end")?;
        let ca = self.ca.display().to_string();
        Ok(format!("transport_socket:{rest}").replace("/etc/intermission/ca.pem", &ca))
    }
}
