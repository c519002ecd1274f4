//! The certificate that control shows, as it is on the disk.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::sync::watch;
use tracing::{error, info};

/// How often it is looked whether there is a new one.
const LOOK: Duration = Duration::from_secs(1);

/// Where the certificate and its key are, both in PEM.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) chain: PathBuf,
    pub(crate) key: PathBuf,
}

/// What both files hold.
#[derive(Clone, PartialEq, Eq)]
struct Content {
    chain: Vec<u8>,
    key: Vec<u8>,
}

impl Certificate {
    /// What to show now, and whatever takes its place on the disk later. A new one that cannot be
    /// used is said, and the last one goes on.
    pub(crate) fn follow(self) -> Result<watch::Receiver<Arc<ServerConfig>>, CertificateError> {
        let mut content = self.read()?;
        let (renewed, config) = watch::channel(Arc::new(self.config(&content)?));
        tokio::spawn(async move {
            let mut complaint = None;
            while !renewed.is_closed() {
                tokio::time::sleep(LOOK).await;
                let files = self.clone();
                let Ok(found) = tokio::task::spawn_blocking(move || files.read()).await else {
                    continue;
                };
                // Bytes tell however the files were put there; a time stamp may stay the same.
                if found.as_ref().is_ok_and(|found| *found == content) {
                    complaint = None;
                    continue;
                }
                match found.and_then(|found| Ok((self.config(&found)?, found))) {
                    Ok((config, found)) => {
                        info!(file = %self.chain.display(), "took over a new certificate");
                        renewed.send_replace(Arc::new(config));
                        (content, complaint) = (found, None);
                    }
                    Err(found) => {
                        let found = found.to_string();
                        if complaint.as_ref() != Some(&found) {
                            error!(
                                error = found,
                                "the new certificate cannot be used; the last one goes on"
                            );
                        }
                        complaint = Some(found);
                    }
                }
            }
        });
        Ok(config)
    }

    fn read(&self) -> Result<Content, CertificateError> {
        let read = |path: &Path| {
            fs::read(path).map_err(|error| CertificateError::Io(path.to_owned(), error))
        };
        Ok(Content {
            chain: read(&self.chain)?,
            key: read(&self.key)?,
        })
    }

    fn config(&self, content: &Content) -> Result<ServerConfig, CertificateError> {
        let chain = CertificateDer::pem_slice_iter(&content.chain).collect::<Result<Vec<_>, _>>();
        let chain = chain.unwrap_or_default();
        if chain.is_empty() {
            return Err(CertificateError::NoCertificate(self.chain.clone()));
        }
        let key = PrivateKeyDer::from_pem_slice(&content.key)
            .map_err(|_| CertificateError::NoKey(self.key.clone()))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key));
        let mut config = config.map_err(|error| CertificateError::Unfit {
            files: self.clone(),
            error,
        })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// Why a certificate cannot be shown.
#[derive(Debug)]
pub(crate) enum CertificateError {
    Io(PathBuf, io::Error),
    NoCertificate(PathBuf),
    NoKey(PathBuf),
    Unfit {
        files: Certificate,
        error: rustls::Error,
    },
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Self::NoCertificate(path) => write!(
                f,
                "{} holds no certificate in PEM; name control's own with --tls-cert, and after it in the same file those \
                 that lead to its CA",
                path.display()
            ),
            Self::NoKey(path) => write!(
                f,
                "{} holds no private key in PEM; name that of the certificate with --tls-key",
                path.display()
            ),
            Self::Unfit { files, error } => write!(
                f,
                "{} and {} cannot be used together: {error}",
                files.chain.display(),
                files.key.display()
            ),
        }
    }
}

impl std::error::Error for CertificateError {}
