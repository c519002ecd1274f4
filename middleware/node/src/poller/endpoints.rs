use std::path::Path;

use intermission_core::{Poll, ServiceName};

use crate::poller::client::{CaError, Client};
use crate::poller::endpoint::{Endpoint, EndpointError, Fault};
use crate::poller::token::Token;
use crate::poller::watched::Watched;

/// The endpoints of the polls, with the client and the token for them: one endpoint, or several that are replicas of one
/// control.
#[derive(Debug)]
pub(super) struct Endpoints {
    first: Endpoint,
    others: Vec<Endpoint>,
    pub(super) client: Client,
    pub(super) token: Option<Token>,
    /// The CAs that the client trusts instead of the system's.
    ca_file: Option<Watched>,
}

impl Endpoints {
    pub(super) fn new(urls: &[String], ca_file: Option<&Path>) -> Result<Self, EndpointError> {
        let refuse = |at: usize, fault| {
            let url = urls.get(at).map(String::as_str).unwrap_or_default();
            EndpointError::new(url, fault)
        };
        let all = urls.iter().map(|url| Endpoint::parse(url));
        let all = all.collect::<Result<Vec<_>, _>>()?;
        if all.len() > Poll::MOST_ENDPOINTS {
            return Err(refuse(Poll::MOST_ENDPOINTS, Fault::TooMany));
        }
        let service = all.iter().find_map(Endpoint::service);
        for (at, endpoint) in all.iter().enumerate() {
            if matches!(endpoint, Endpoint::File(_)) && all.len() > 1 {
                return Err(refuse(at, Fault::FileOfSeveral));
            }
            if ca_file.is_some() && !endpoint.is_https() {
                return Err(refuse(at, Fault::Plain));
            }
            if endpoint
                .service()
                .is_some_and(|own| Some(&own) != service.as_ref())
            {
                return Err(refuse(at, Fault::Services));
            }
        }
        let https = all.iter().position(Endpoint::is_https);
        let ca_file = ca_file.map(|file| {
            let watched = Watched::open(file).map_err(CaError::Missing);
            let trusting =
                watched.and_then(|file| Ok((Client::tls_trusting(file.content())?, file)));
            trusting.map_err(|error| refuse(0, Fault::Ca(file.into(), error)))
        });
        let (client, ca_file) = match (ca_file.transpose()?, https) {
            (Some((client, file)), _) => (client, Some(file)),
            (None, Some(at)) => {
                let client = Client::tls();
                (
                    client.map_err(|error| refuse(at, Fault::Certificates(error)))?,
                    None,
                )
            }
            (None, None) => (Client::plain(), None),
        };
        let mut all = all.into_iter();
        let first = all.next().ok_or_else(|| refuse(0, Fault::Malformed))?;
        Ok(Self {
            first,
            others: all.collect(),
            client,
            token: None,
            ca_file,
        })
    }

    /// The endpoint at this place of the configuration.
    pub(super) fn at(&self, place: usize) -> &Endpoint {
        let other = place
            .checked_sub(1)
            .and_then(|place| self.others.get(place));
        other.unwrap_or(&self.first)
    }

    /// The number of endpoints.
    pub(super) fn count(&self) -> usize {
        self.others.len() + 1
    }

    /// The service in the URLs, if they name one.
    pub(super) fn service(&self) -> Option<ServiceName> {
        self.all().find_map(Endpoint::service)
    }

    /// The endpoints to which the token is sent in clear, on other machines.
    pub(super) fn in_clear(&self) -> impl Iterator<Item = &Endpoint> {
        let has_token = self.token.is_some();
        self.all()
            .filter(move |endpoint| has_token && endpoint.is_in_clear())
    }

    fn all(&self) -> impl Iterator<Item = &Endpoint> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// Reads the files of token and CA again.
    pub(super) async fn refresh(&mut self) {
        if let Some(token) = &mut self.token {
            token.refresh().await;
        }
        let Some(file) = &mut self.ca_file else {
            return;
        };
        match file.changed().await.map(Client::tls_trusting) {
            Some(Ok(trusting)) => {
                self.client = trusting;
                tracing::info!(file = %file.path().display(), "the certificates are read again");
            }
            Some(Err(error)) => {
                let file = file.path().display();
                tracing::warn!(%file, %error, "the certificates of before are trusted");
            }
            None => {}
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
            let mut endpoints = Endpoints::new(&[url.to_owned()], None).unwrap();
            assert_eq!(endpoints.in_clear().count(), 0, "{url} without a token");
            endpoints.token = Some(Token::new("secret").unwrap());
            assert_eq!(endpoints.in_clear().count() == 1, in_clear, "{url}");
        }
    }

    #[test]
    fn endpoints_are_found_by_their_place() {
        let urls = [
            "https://a.example/",
            "https://b.example/",
            "http://c.example/",
        ];
        let endpoints = Endpoints::new(&urls.map(str::to_owned), None).unwrap();
        assert_eq!(endpoints.count(), 3);
        for (place, url) in urls.into_iter().enumerate() {
            assert_eq!(endpoints.at(place).to_string(), url);
        }
    }
}
