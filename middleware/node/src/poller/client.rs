use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as LegacyClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use intermission_core::{PollRequest, Report};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};

use crate::poller::fetched::{ENOUGH, Fetched};

const PREFER: HeaderName = HeaderName::from_static("prefer");

pub(super) type Failure = Box<dyn Error + Send + Sync>;

/// An HTTP client that keeps its connection and follows no redirect.
#[derive(Debug)]
pub(super) enum Client {
    Plain(LegacyClient<HttpConnector, Empty<Bytes>>),
    Tls(LegacyClient<HttpsConnector<HttpConnector>, Empty<Bytes>>),
}

impl Client {
    /// A client for `http`.
    pub(super) fn plain() -> Self {
        Self::Plain(LegacyClient::builder(TokioExecutor::new()).build_http())
    }

    /// A client for `http` and `https` that trusts the system's root certificates.
    pub(super) fn tls() -> Result<Self, io::Error> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self::Tls(
            LegacyClient::builder(TokioExecutor::new()).build(connector),
        ))
    }

    /// A client for `https` that trusts only these certificates, in PEM.
    pub(super) fn tls_trusting(pem: &[u8]) -> Result<Self, CaError> {
        let certificates = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(CaError::Unreadable)?;
        let mut roots = RootCertStore::empty();
        let (taken, _) = roots.add_parsable_certificates(certificates);
        if taken == 0 {
            return Err(CaError::Empty);
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(CaError::Tls)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_only()
            .enable_http1()
            .build();
        Ok(Self::Tls(
            LegacyClient::builder(TokioExecutor::new()).build(connector),
        ))
    }

    pub(super) async fn get(
        &self,
        uri: &Uri,
        token: Option<&HeaderValue>,
        request: PollRequest,
        report: &str,
    ) -> Result<Fetched, Failure> {
        let mut get = Request::get(uri)
            .header(header::ACCEPT, "application/json")
            .header(Report::NAME, report)
            .header(
                header::USER_AGENT,
                concat!("intermission/", env!("CARGO_PKG_VERSION")),
            );
        if let Some(etag) = &request.if_none_match {
            get = get.header(header::IF_NONE_MATCH, &**etag);
        }
        if let Some(prefer) = &request.prefer {
            get = get.header(PREFER, prefer);
        }
        if let Some(token) = token {
            get = get.header(header::AUTHORIZATION, token);
        }
        let get = get.body(Empty::new())?;
        let response = match self {
            Self::Plain(client) => client.request(get),
            Self::Tls(client) => client.request(get),
        };
        let (parts, mut incoming) = response.await?.into_parts();
        let mut body = Vec::new();
        while let Some(frame) = incoming.frame().await.filter(|_| body.len() < ENOUGH) {
            if let Ok(data) = frame?.into_data() {
                body.extend_from_slice(&data);
            }
        }
        Ok(Fetched {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }
}

/// The reason why a file of certificates cannot be used.
#[derive(Debug)]
pub(super) enum CaError {
    Missing(io::Error),
    Unreadable(pem::Error),
    Empty,
    Tls(rustls::Error),
}

impl fmt::Display for CaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing(_) | Self::Unreadable(_) => "the certificates in it cannot be read",
            Self::Empty => {
                "it holds no certificate in PEM; name the file of the CA that signed the endpoint's"
            }
            Self::Tls(_) => "TLS cannot be set up with it",
        })
    }
}

impl Error for CaError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Missing(error) => Some(error),
            Self::Unreadable(error) => Some(error),
            Self::Empty => None,
            Self::Tls(error) => Some(error),
        }
    }
}
