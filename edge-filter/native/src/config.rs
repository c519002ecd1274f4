//! The configuration of the filter.
//!
//! Its errors go into Envoy's log, so they quote no value that may be the token.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;

use intermission_core::{Field, FieldError};
use intermission_edge::{Client, Settings, one_or_several, state_path, token};
use intermission_node::{EndpointError, Poller, TokenError, chain};

/// The configuration, valid.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) source: Source,
    pub(crate) client: Client,
}

/// Where the state comes from, and how it is asked for. Configurations with the same one share a node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Source {
    /// The URLs of the state.
    pub(crate) urls: Vec<String>,
    ca_file: Option<PathBuf>,
    token: Option<Token>,
    saved_copy: Option<PathBuf>,
    pub(crate) settings: Settings,
}

/// The token of the node. It appears in no error and no log.
#[derive(Clone, PartialEq)]
enum Token {
    Given(String),
    InFile(PathBuf),
}

/// The keys of the filter in WebAssembly that this one has no use for, and the reason.
const FOREIGN: [(&str, &str); 3] = [
    (
        "cluster",
        "names a cluster of Envoy, which this filter does not use; give the URL of control as control, like \
         https://control.example:7700",
    ),
    (
        "authority",
        "is part of control here, like https://control.example:7700; leave it out",
    ),
    (
        "read_bodies",
        "is not needed here, where refused uploads over HTTP/1 are always read; leave it out",
    ),
];

impl Config {
    /// Reads the configuration, which `edge-filter/README.md` defines; `variable` is the environment of the process.
    pub(crate) fn parse(
        json: &[u8],
        variable: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Self, FieldError> {
        let value = Field::read(json)?;
        let root = Field::root(&value);
        for (name, reason) in FOREIGN {
            if let Some(field) = root.member(name) {
                return Err(field.refuse(reason));
            }
        }
        let own = [
            "control",
            "path",
            "ca_file",
            "token",
            "token_env",
            "token_file",
            "saved_copy",
            "client",
        ];
        root.only(&[&own[..], &Settings::KEYS].concat())?;
        let path = state_path(&root)?;
        let file = |name| {
            let field = root.member(name);
            field
                .map(|field| field.text().map(PathBuf::from))
                .transpose()
        };
        let config = Self {
            source: Source {
                urls: urls(&root.required("control")?, &path)?,
                ca_file: file("ca_file")?,
                token: Token::read(&root, variable)?,
                saved_copy: file("saved_copy")?,
                settings: Settings::read(&root, &path)?,
            },
            client: Client::read(&root)?,
        };
        // What only the poller can find wrong.
        config.source.poller().map_err(|error| error.at(&root))?;
        Ok(config)
    }
}

/// The URLs of the state at control, or at each of its replicas.
fn urls(field: &Field<'_>, path: &str) -> Result<Vec<String>, FieldError> {
    let origin = |text: &str| {
        let (_, rest) = text.split_once("://").unwrap_or_default();
        if rest.trim_end_matches('/').contains(['/', '?', '#']) || rest.is_empty() {
            return Err(format!(
                "{text:?} is no URL of a server; write it like https://control.example:7700, with the rest in path"
            ));
        }
        Ok([text.trim_end_matches('/'), path].concat())
    };
    one_or_several(field, "URLs", origin)
}

impl Token {
    fn read(
        root: &Field<'_>,
        variable: impl FnOnce(&str) -> Option<String>,
    ) -> Result<Option<Self>, FieldError> {
        let given = token(root, variable, NO_VARIABLE)?.map(Self::Given);
        let Some(field) = root.member("token_file") else {
            return Ok(given);
        };
        if given.is_some() {
            return Err(
                field.refuse("goes without token and token_env only; leave out all but one")
            );
        }
        Ok(Some(Self::InFile(field.text()?.into())))
    }
}

/// Why a variable may be missing.
const NO_VARIABLE: &str =
    "names a variable that Envoy does not have; set it where Envoy is started";

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// What a poller refuses.
#[derive(Debug)]
pub(crate) enum Unusable {
    Endpoint(EndpointError),
    Token(TokenError),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let error: &dyn Error = match self {
            Self::Endpoint(error) => error,
            Self::Token(error) => error,
        };
        f.write_str(&chain(error))
    }
}

impl Unusable {
    fn at(&self, root: &Field<'_>) -> FieldError {
        let name = match self {
            Self::Endpoint(_) => "control",
            Self::Token(_) => "token_file",
        };
        let error = self.to_string();
        match root.member(name) {
            Some(field) => field.refuse(error),
            None => root.refuse(error),
        }
    }
}

impl Source {
    /// A poller for this source.
    pub(crate) fn poller(&self) -> Result<Poller, Unusable> {
        let urls = self.urls.as_slice();
        let poller = match &self.ca_file {
            Some(file) => Poller::new_with_ca_file(urls, file),
            None => Poller::new(urls),
        };
        let mut poller = poller.map_err(Unusable::Endpoint)?;
        poller = match &self.token {
            Some(Token::Given(token)) => poller.with_token(token),
            Some(Token::InFile(file)) => poller.with_token_file(file),
            None => Ok(poller),
        }
        .map_err(Unusable::Token)?;
        let settings = &self.settings;
        poller = poller
            .with_kind("envoy")
            .with_interval(settings.interval)
            .with_wait(settings.wait)
            .with_start_wait(settings.start_wait)
            .with_default(settings.default);
        if let Some(lease) = settings.lease {
            poller = poller.with_lease(lease);
        }
        if let Some(service) = &settings.service {
            poller = poller.with_service(service.clone());
        }
        if let Some(node) = &settings.node {
            poller = poller.with_name(node);
        }
        if let Some(state) = &settings.initial_state {
            poller = poller.with_initial_state(state.clone());
        }
        if let Some(file) = &self.saved_copy {
            poller = poller.with_saved_copy(file);
        }
        Ok(poller)
    }
}

#[cfg(test)]
mod tests;
