use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use intermission_core::State;
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use ureq::http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

use crate::cli::args::Connection;
use crate::cli::client::errors::{PATIENCE, Sent};
use crate::cli::client::server::Server;
use crate::cli::client::servers::Servers;
use crate::cli::client::token;
use crate::cli::client::token::Found;
use crate::cli::exit::{Exit, Failure};

/// The time limit of a request where another replica can be asked, beyond the time for which it may be held.
const OF_SEVERAL: Duration = Duration::from_secs(3);
/// The longest time for which a request is held.
const HELD: Duration = Duration::from_secs(5);
/// The pause before something is asked again.
const AGAIN: Duration = Duration::from_millis(200);
const LARGEST: u64 = 64 << 20;
const PREFER: HeaderName = HeaderName::from_static("prefer");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Asks one control, or its replicas.
#[derive(Debug)]
pub(crate) struct Client {
    agent: ureq::Agent,
    servers: Servers,
    token_file: Option<PathBuf>,
}

/// A request to any of the replicas.
struct Ask<'a> {
    method: Method,
    path: &'a str,
    headers: Vec<(HeaderName, &'a str)>,
    body: Vec<u8>,
    /// The time limit.
    patience: Duration,
    /// How long it may be held.
    held: Duration,
}

impl<'a> Ask<'a> {
    fn get(path: &'a str) -> Self {
        Self {
            method: Method::GET,
            path,
            headers: Vec::new(),
            body: Vec::new(),
            patience: PATIENCE,
            held: Duration::ZERO,
        }
    }
}

impl Client {
    pub(crate) fn new(connection: Connection) -> Result<Self, Failure> {
        let servers = Servers::parse(&connection.servers)?;
        let roots = connection.ca_file.as_deref().map(roots).transpose()?;
        let tls = TlsConfig::builder().root_certs(roots.unwrap_or(RootCerts::WebPki));
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A redirect would carry the token away.
            .max_redirects(0)
            // So would a proxy that the environment names.
            .proxy(None)
            .tls_config(tls.build())
            .timeout_connect(Some(Duration::from_secs(3)))
            .timeout_global(Some(PATIENCE))
            .user_agent(concat!("intermission/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self {
            agent: config.into(),
            servers,
            token_file: connection.token_file,
        })
    }

    /// Gets what is at `path`.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.read(path, |server, body| understand(server, &body))
    }

    /// Gets what is at `path` when it has another tag than `etag`, but waits for that for a few seconds only, and for
    /// an answer for `patience`; gives it back with its tag.
    pub(crate) fn watch<T: DeserializeOwned>(
        &self,
        path: &str,
        etag: Option<&str>,
        patience: Duration,
    ) -> Result<Option<(String, T)>, Failure> {
        let mut ask = Ask {
            headers: vec![(PREFER, "wait=5")],
            patience: patience.min(PATIENCE),
            held: HELD,
            ..Ask::get(path)
        };
        if let Some(etag) = etag {
            ask.headers.push((IF_NONE_MATCH, etag));
        }
        self.send(&ask, |server, headers, body| {
            // There is nothing in an answer that says that nothing has changed.
            if body.is_empty() {
                return Ok(None);
            }
            let etag = headers.get(ETAG).and_then(|etag| etag.to_str().ok());
            let etag = etag.ok_or_else(|| server.stranger("no ETag"))?;
            Ok(Some((etag.to_owned(), understand(server, &body)?)))
        })
    }

    /// Gets the state of `service`.
    pub(crate) fn state(&self, service: &str) -> Result<State, Failure> {
        self.read(
            &format!("{}/state", service_path(service)),
            |_, document| State::parse(&document).map_err(Failure::failed),
        )
    }

    /// Posts a change.
    pub(crate) fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Failure> {
        self.change(Method::POST, path, body)
    }

    /// Deletes what is at `path`.
    pub(crate) fn delete<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        self.change(Method::DELETE, path, body)
    }

    fn change<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<T, Failure> {
        let mut key = [0; 16];
        getrandom::fill(&mut key)
            .map_err(|error| Failure::failed(format!("no random numbers: {error}")))?;
        // However often it gets there, it is done once.
        let key = format!("\"{:032x}\"", u128::from_be_bytes(key));
        let ask = Ask {
            method,
            headers: vec![(CONTENT_TYPE, "application/json"), (IDEMPOTENCY_KEY, &key)],
            body: body.to_string().into_bytes(),
            ..Ask::get(path)
        };
        let send = || self.send(&ask, |server, _, answer| understand(server, &answer));
        let begun = Instant::now();
        let mut outcome = send();
        if !matches!(&outcome, Err(failure) if failure.may_be_done) {
            return outcome;
        }
        // Control may be starting again. Whatever it has done already it does not do again.
        while begun.elapsed() < PATIENCE
            && matches!(&outcome, Err(failure) if failure.exit == Exit::Unreachable)
        {
            std::thread::park_timeout(AGAIN);
            outcome = send();
        }
        outcome.map_err(Failure::after_doubt)
    }

    /// Gets what is at `path`. It waits for a control that may have an answer soon, and for replicas as long as a change does.
    fn read<T>(
        &self,
        path: &str,
        read: impl Fn(&Server, Vec<u8>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let begun = Instant::now();
        loop {
            let answer = self.send(&Ask::get(path), |server, _, body| read(server, body));
            let limit = match &answer {
                Err(failure) if failure.may_answer() && self.servers.are_several() => PATIENCE,
                Err(failure) => failure.answers_within,
                Ok(_) => return answer,
            };
            if begun.elapsed() >= limit {
                return answer;
            }
            std::thread::park_timeout(AGAIN);
        }
    }

    /// Sends a request to the replica that has answered last, and to the others while one cannot answer.
    fn send<T>(
        &self,
        ask: &Ask<'_>,
        read: impl Fn(&Server, HeaderMap, Vec<u8>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.servers.ask(|server| {
            let (headers, body) = self.send_to(server, ask)?;
            read(server, headers, body)
        })
    }

    fn send_to(&self, server: &Server, ask: &Ask<'_>) -> Result<(HeaderMap, Vec<u8>), Failure> {
        let token = token::find(server, self.token_file.as_deref())?;
        let Found { token, source } = token.ok_or_else(|| self.without_token(server))?;
        let mut request = Request::builder()
            .method(&ask.method)
            .uri(server.at(ask.path))
            .header(ACCEPT, "application/json, application/problem+json")
            .header(AUTHORIZATION, format!("Bearer {}", token.as_str()));
        for (name, value) in &ask.headers {
            request = request.header(name, *value);
        }
        let request = request.body(ask.body.clone()).map_err(Failure::failed)?;
        let sent = if request.method().is_safe() {
            Sent::Nothing
        } else {
            Sent::Change
        };
        let patience = if self.servers.are_several() {
            ask.patience.min(ask.held + OF_SEVERAL)
        } else {
            ask.patience
        };
        let request = self.agent.configure_request(request);
        let request = request.timeout_global(Some(patience)).build();
        let response = self
            .agent
            .run(request)
            .map_err(|error| server.unreachable(&error, sent))?;
        let (parts, body) = response.into_parts();
        let body = body
            .into_with_config()
            .limit(LARGEST)
            .read_to_vec()
            .map_err(|error| server.unreachable(&error, sent))?;
        if parts.status.is_success() || parts.status == StatusCode::NOT_MODIFIED {
            Ok((parts.headers, body))
        } else {
            let response = Response::from_parts(parts, body);
            let mut failure = server.refusal(&response, sent);
            if response.status() == StatusCode::UNAUTHORIZED {
                // One that is stale may hide a better one.
                failure.message += &format!("; the token that was sent is that of {source}");
            }
            Err(failure)
        }
    }

    /// Why there is no token: where no control runs, that is what is to be said first.
    fn without_token(&self, server: &Server) -> Failure {
        if let Err(error) = self.agent.get(server.at("/healthz")).call() {
            return server.unreachable(&error, Sent::Nothing);
        }
        let message = format!(
            "there is no token for {server}: the control there is not this user's; give --token-file FILE, or set \
             INTERMISSION_TOKEN"
        );
        Failure::new(Exit::Refused, message)
    }
}

fn understand<T: DeserializeOwned>(server: &Server, body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| server.stranger(&error.to_string()))
}

/// The certificates in a file, which take the place of those that the world trusts.
pub(crate) fn roots(file: &Path) -> Result<RootCerts, Failure> {
    let refuse =
        |reason: &dyn std::fmt::Display| Failure::failed(format!("{}: {reason}", file.display()));
    let pem = fs::read(file).map_err(|error| refuse(&error))?;
    let mut roots = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(root) = item.map_err(|error| refuse(&error))? {
            roots.push(root);
        }
    }
    if roots.is_empty() {
        return Err(refuse(
            &"holds no certificate in PEM; name the file of the CA that signed control's",
        ));
    }
    Ok(roots.into())
}

/// The path of a service, whatever its name is made of.
pub(crate) fn service_path(service: &str) -> String {
    format!("/v1/services/{}", escaped(service))
}

/// A name as one segment of a path, whatever it is made of.
pub(crate) fn escaped(name: &str) -> String {
    let mut segment = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => segment.push(char::from(byte)),
            _ => segment.push_str(&format!("%{byte:02X}")),
        }
    }
    segment
}
