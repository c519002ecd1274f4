use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use http::Uri;
use http::uri::Scheme;
use intermission_core::{ServiceName, without_credentials};

use crate::poller::client::{CaError, Client};
use crate::poller::token::Token;
use crate::poller::watched::Watched;

/// The endpoint of the polls.
#[derive(Debug)]
pub(super) enum Endpoint {
    Http {
        uri: Uri,
        token: Option<Box<Token>>,
        client: Box<Client>,
        /// The CAs that the client trusts instead of the system's.
        ca_file: Option<Box<Watched>>,
    },
    File(PathBuf),
}

impl Endpoint {
    pub(super) fn new(url: &str, ca_file: Option<&Path>) -> Result<Self, EndpointError> {
        let refuse = |kind| EndpointError {
            url: without_credentials(url).into(),
            kind,
        };
        if let Some(rest) = url.strip_prefix("file:") {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            let plain = path.starts_with('/') && !path.contains(['%', '?', '#']);
            if ca_file.is_some() {
                return Err(refuse(Kind::Plain));
            }
            return plain
                .then(|| Self::File(path.into()))
                .ok_or_else(|| refuse(Kind::File));
        }
        let uri: Uri = url.parse().map_err(|_| refuse(Kind::Malformed))?;
        let authority = uri
            .authority()
            .filter(|authority| !authority.host().is_empty());
        if authority.is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(refuse(Kind::Malformed));
        }
        let (client, ca_file) = match (uri.scheme(), ca_file) {
            (Some(scheme), None) if *scheme == Scheme::HTTP => (Client::plain(), None),
            (Some(scheme), Some(_)) if *scheme == Scheme::HTTP => return Err(refuse(Kind::Plain)),
            (Some(scheme), None) if *scheme == Scheme::HTTPS => {
                let client = Client::tls();
                (
                    client.map_err(|error| refuse(Kind::Certificates(error)))?,
                    None,
                )
            }
            (Some(scheme), Some(file)) if *scheme == Scheme::HTTPS => {
                let refuse = |error| refuse(Kind::Ca(file.into(), error));
                let file = Watched::open(file).map_err(|error| refuse(CaError::Missing(error)))?;
                (
                    Client::tls_trusting(file.content()).map_err(refuse)?,
                    Some(Box::new(file)),
                )
            }
            _ => return Err(refuse(Kind::Malformed)),
        };
        Ok(Self::Http {
            uri,
            token: None,
            client: Box::new(client),
            ca_file,
        })
    }

    /// Reads the files of token and CA again.
    pub(super) async fn refresh(&mut self) {
        let Self::Http {
            token,
            client,
            ca_file,
            ..
        } = self
        else {
            return;
        };
        if let Some(token) = token {
            token.refresh().await;
        }
        let Some(file) = ca_file else {
            return;
        };
        match file.changed().await.map(Client::tls_trusting) {
            Some(Ok(trusting)) => {
                **client = trusting;
                tracing::info!(file = %file.path().display(), "the certificates are read again");
            }
            Some(Err(error)) => {
                let file = file.path().display();
                tracing::warn!(%file, %error, "the certificates of before are trusted");
            }
            None => {}
        }
    }

    /// The service in the URL, if it names one.
    pub(super) fn service(&self) -> Option<ServiceName> {
        match self {
            Self::Http { uri, .. } => ServiceName::in_path(uri.path()),
            Self::File(_) => None,
        }
    }

    /// Whether a token is sent in clear to another machine.
    pub(super) fn sends_token_in_clear(&self) -> bool {
        match self {
            Self::Http {
                uri,
                token: Some(_),
                ..
            } => uri.scheme() == Some(&Scheme::HTTP) && !uri.host().is_some_and(is_loopback),
            _ => false,
        }
    }

    pub(super) fn with_token(mut self, new: Token) -> Self {
        if let Self::Http { token, .. } = &mut self {
            *token = Some(Box::new(new));
        }
        self
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { uri, .. } => without_credentials(&uri.to_string()).fmt(f),
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

/// The reason why a text is no endpoint.
#[derive(Debug)]
pub struct EndpointError {
    url: Box<str>,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Malformed,
    File,
    Certificates(std::io::Error),
    /// A CA for a URL without TLS.
    Plain,
    Ca(PathBuf, CaError),
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = &self.url;
        match &self.kind {
            Kind::Malformed => write!(
                f,
                "{url:?} is not an endpoint; write it like http://127.0.0.1:7700/v1/services/shop/state or \
                 file:///etc/intermission/shop.json"
            ),
            Kind::File => write!(
                f,
                "{url:?} does not name a file by its absolute path, as file:///etc/intermission/shop.json does"
            ),
            Kind::Certificates(_) => {
                write!(f, "the root certificates that {url:?} needs cannot be read")
            }
            Kind::Plain => write!(
                f,
                "{url:?} is not asked by TLS, so that no CA counts for it; write it like \
                 https://control.example:7700/v1/services/shop/state"
            ),
            Kind::Ca(file, error) => write!(f, "{}: {error}", file.display()),
        }
    }
}

impl std::error::Error for EndpointError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Certificates(error) => Some(error),
            Kind::Ca(_, error) => error.source(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_in_clear_by_http_beyond_loopback() {
        for (url, in_clear) in [
            ("http://control.example/state", true),
            ("http://10.0.0.7:7700/state", true),
            ("http://[2001:db8::7]/state", true),
            ("http://localhost.example/state", true),
            ("http://127.0.0.1:7700/state", false),
            ("http://127.9.9.9/state", false),
            ("http://[::1]:7700/state", false),
            ("http://localhost:7700/state", false),
            ("https://control.example/state", false),
            ("file:///state.json", false),
        ] {
            let endpoint = Endpoint::new(url, None).unwrap();
            assert!(!endpoint.sends_token_in_clear(), "{url} without a token");
            let endpoint = endpoint.with_token(Token::new("secret").unwrap());
            assert_eq!(endpoint.sends_token_in_clear(), in_clear, "{url}");
        }
    }
}
