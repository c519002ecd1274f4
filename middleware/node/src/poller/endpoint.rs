use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use http::Uri;
use http::uri::Scheme;
use intermission_core::{Poll, ServiceName, without_credentials};

use crate::poller::client::CaError;

/// An endpoint of the polls.
#[derive(Debug)]
pub(super) enum Endpoint {
    Http(Uri),
    File(PathBuf),
}

impl Endpoint {
    pub(super) fn parse(url: &str) -> Result<Self, EndpointError> {
        if let Some(rest) = url.strip_prefix("file:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            let plain = path.starts_with('/') && !path.contains(['%', '?', '#']);
            return plain
                .then(|| Self::File(path.into()))
                .ok_or_else(|| EndpointError::new(url, Fault::File));
        }
        let is_known = |uri: &Uri| {
            let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
            let authority = uri
                .authority()
                .filter(|authority| !authority.host().is_empty());
            scheme && authority.is_some_and(|authority| !authority.as_str().contains('@'))
        };
        let uri = url.parse().ok().filter(is_known);
        uri.map(Self::Http)
            .ok_or_else(|| EndpointError::new(url, Fault::Malformed))
    }

    pub(super) fn is_https(&self) -> bool {
        matches!(self, Self::Http(uri) if uri.scheme() == Some(&Scheme::HTTPS))
    }

    /// Whether requests to it are sent in clear to another machine.
    pub(super) fn is_in_clear(&self) -> bool {
        match self {
            Self::Http(uri) => !self.is_https() && !uri.host().is_some_and(is_loopback),
            Self::File(_) => false,
        }
    }

    /// The service in the URL, if it names one.
    pub(super) fn service(&self) -> Option<ServiceName> {
        match self {
            Self::Http(uri) => ServiceName::in_path(uri.path()),
            Self::File(_) => None,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(uri) => without_credentials(&uri.to_string()).fmt(f),
            Self::File(path) => write!(f, "file://{}", path.display()),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let address = host.parse::<IpAddr>();
    address.map_or(
        host == "localhost" || host.ends_with(".localhost"),
        |address| address.is_loopback(),
    )
}

/// The reason why a text is no endpoint, or no endpoint beside the others.
#[derive(Debug)]
pub struct EndpointError {
    url: Box<str>,
    fault: Fault,
}

#[derive(Debug)]
pub(super) enum Fault {
    Malformed,
    File,
    FileOfSeveral,
    TooMany,
    Services,
    Certificates(std::io::Error),
    /// A CA for a URL without TLS.
    Plain,
    Ca(PathBuf, CaError),
}

impl EndpointError {
    pub(super) fn new(url: &str, fault: Fault) -> Self {
        Self {
            url: without_credentials(url).into(),
            fault,
        }
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = &self.url;
        match &self.fault {
            Fault::Malformed => write!(
                f,
                "{url:?} is not an endpoint; write it like http://127.0.0.1:7700/v1/services/shop/state or \
                 file:///etc/intermission/shop.json"
            ),
            Fault::File => write!(
                f,
                "{url:?} does not name a file by its absolute path, as file:///etc/intermission/shop.json does"
            ),
            Fault::FileOfSeveral => write!(
                f,
                "{url:?} is a file, which is no replica of a control; name it alone"
            ),
            Fault::TooMany => write!(
                f,
                "{url:?} is one endpoint too many; name at most {}",
                Poll::MOST_ENDPOINTS
            ),
            Fault::Services => write!(
                f,
                "{url:?} names another service than the endpoint before it; name replicas of one control"
            ),
            Fault::Certificates(_) => {
                write!(f, "the root certificates that {url:?} needs cannot be read")
            }
            Fault::Plain => write!(
                f,
                "{url:?} is not asked by TLS, so that no CA counts for it; write it like \
                 https://control.example:7700/v1/services/shop/state"
            ),
            Fault::Ca(file, error) => write!(f, "{}: {error}", file.display()),
        }
    }
}

impl std::error::Error for EndpointError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            Fault::Certificates(error) => Some(error),
            Fault::Ca(_, error) => error.source(),
            _ => None,
        }
    }
}
