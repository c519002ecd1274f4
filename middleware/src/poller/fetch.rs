use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{self, HeaderName};
use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as LegacyClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use intermission_core::{PollRequest, PollResponse, Report, State};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, PemObject};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::AsyncReadExt;

use super::endpoint::Endpoint;
use super::token::Token;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Where reading stops: a longer document is refused, however much longer.
const ENOUGH: usize = State::MAX_BYTES + 1;

type Failure = Box<dyn Error + Send + Sync>;

/// What came back.
#[derive(Debug)]
pub(super) struct Fetched {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Fetched {
    pub(super) fn response(&self) -> PollResponse<'_> {
        let value = |name| self.headers.get(name).map(HeaderValue::as_bytes);
        PollResponse {
            status: self.status.as_u16(),
            etag: value(header::ETAG),
            preference_applied: value(PREFERENCE_APPLIED),
            retry_after: value(header::RETRY_AFTER),
            body: &self.body,
        }
    }
}

impl Endpoint {
    /// Asks once, and tells what `report` says.
    pub(super) async fn fetch(
        &self,
        request: PollRequest,
        report: &str,
    ) -> Result<Fetched, FetchError> {
        let timeout = request.timeout;
        let fetched = async {
            match self {
                Self::Http {
                    uri, token, client, ..
                } => {
                    let token = token.as_deref().map(Token::header);
                    client.get(uri, token, request, report).await
                }
                Self::File(path) => read(path).await.map_err(Into::into),
            }
        };
        match tokio::time::timeout(timeout, fetched).await {
            Ok(fetched) => fetched.map_err(FetchError),
            Err(_) => Err(FetchError(format!("no answer within {timeout:?}").into())),
        }
    }
}

/// Why nothing came back.
#[derive(Debug)]
pub(super) struct FetchError(Failure);

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the endpoint cannot be reached")
    }
}

impl Error for FetchError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}

/// An HTTP client that keeps its connection and follows no redirect.
#[derive(Debug)]
pub(super) enum Client {
    Plain(LegacyClient<HttpConnector, Empty<Bytes>>),
    Tls(LegacyClient<HttpsConnector<HttpConnector>, Empty<Bytes>>),
}

impl Client {
    /// For `http`.
    pub(super) fn plain() -> Self {
        Self::Plain(LegacyClient::builder(TokioExecutor::new()).build_http())
    }

    /// For `https`, trusting the system's root certificates.
    pub(super) fn tls() -> Result<Self, io::Error> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(ring::default_provider())?
            .https_only()
            .enable_http1()
            .build();
        Ok(Self::Tls(
            LegacyClient::builder(TokioExecutor::new()).build(connector),
        ))
    }

    /// For `https`, trusting these certificates, in PEM, and no others.
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

    async fn get(
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

/// Why a file of certificates cannot be used.
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

async fn read(path: &Path) -> io::Result<Fetched> {
    let mut body = Vec::new();
    tokio::fs::File::open(path)
        .await?
        .take(ENOUGH as u64)
        .read_to_end(&mut body)
        .await?;
    Ok(Fetched {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body,
    })
}
