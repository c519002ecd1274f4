//! The poller and an endpoint whose certificate is of a private CA.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use intermission::{Mode, Poller};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::server::LONG;

const SHORT: Duration = Duration::from_millis(500);

/// An endpoint with a certificate for `localhost`, and the CA of it.
struct Endpoint {
    port: u16,
    /// How many requests got through.
    requests: Arc<AtomicUsize>,
    folder: TempDir,
}

impl Endpoint {
    async fn start() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), ca.pem()).unwrap();

        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let chain = vec![params.signed_by(&key, &ca).unwrap().der().clone()];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(AtomicUsize::new(0));
        tokio::spawn(serve(
            listener,
            Arc::new(config).into(),
            Arc::clone(&requests),
        ));
        Self {
            port,
            requests,
            folder,
        }
    }

    fn url(&self, host: &str) -> String {
        format!("https://{host}:{}/state", self.port)
    }

    fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

/// Answers every request with a state in maintenance.
async fn serve(listener: TcpListener, acceptor: TlsAcceptor, requests: Arc<AtomicUsize>) {
    loop {
        let (connection, _) = listener.accept().await.unwrap();
        let Ok(mut connection) = acceptor.accept(connection).await else {
            continue;
        };
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            match connection.read_u8().await {
                Ok(byte) => request.push(byte),
                Err(_) => break,
            }
        }
        requests.fetch_add(1, Ordering::Relaxed);
        let body = r#"{ "version": 1, "service": "shop", "revision": 3, "maintenance": "all" }"#;
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let _ = connection.write_all(answer.as_bytes()).await;
        let _ = connection.shutdown().await;
    }
}

#[tokio::test]
async fn a_private_ca_is_trusted_where_it_is_named() {
    let endpoint = Endpoint::start().await;
    let poller = Poller::new_with_ca_file(endpoint.url("localhost"), endpoint.ca_file()).unwrap();
    let policy = poller.with_start_wait(LONG).start().await;
    assert_eq!(policy.state().revision, 3);
    assert_eq!(policy.state().maintenance, Mode::All);
}

#[tokio::test]
async fn no_other_endpoint_is_asked() {
    let endpoint = Endpoint::start().await;
    let other = Endpoint::start().await;
    for (host, ca_file) in [
        // Another CA.
        ("localhost", other.ca_file()),
        // Another name than the certificate has.
        ("127.0.0.1", endpoint.ca_file()),
    ] {
        let poller = Poller::new_with_ca_file(endpoint.url(host), ca_file).unwrap();
        let poller = poller.with_token("secret").unwrap();
        let policy = poller.with_start_wait(SHORT).start().await;
        assert_eq!(policy.state().revision, 0, "{host}");
    }
    assert_eq!(endpoint.requests.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_ca_file_that_cannot_count_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "nothing\n").unwrap();
    let missing = folder.path().join("missing.pem");
    let error = |url, file: &PathBuf| Poller::new_with_ca_file(url, file).unwrap_err();
    let url = "https://control.example/state";
    let refused = error(url, &empty);
    assert_eq!(
        refused.to_string(),
        format!(
            "{}: it holds no certificate in PEM; name the file of the CA that signed the endpoint's",
            empty.display()
        )
    );
    let refused = error(url, &missing);
    assert_eq!(
        refused.to_string(),
        format!(
            "{}: the certificates in it cannot be read",
            missing.display()
        )
    );
    assert!(refused.source().is_some());
    for url in ["http://127.0.0.1:7700/state", "file:///state.json"] {
        assert_eq!(
            error(url, &empty).to_string(),
            format!(
                "{url:?} is not asked by TLS, so that no CA counts for it; write it like \
                 https://control.example:7700/v1/services/shop/state"
            )
        );
    }
}
