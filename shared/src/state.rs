//! The document that says what is in force.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::Serialize;

use crate::{Cidr, HostName, Notice, Origin, PathPrefix, Quoted};

pub use self::exempt::{Exempt, Prober};

mod exempt;

/// What is in force for one service, parsed and valid.
///
/// `docs/state.md` defines the document; [`State::parse`] reads it and [`State::to_json`] writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct State {
    /// Identity of the store that the state comes from; empty where no control wrote it.
    pub store: Box<str>,
    /// The service that is switched.
    pub service: ServiceName,
    /// How many times the state has changed.
    pub revision: u64,
    /// What is refused.
    pub maintenance: Mode,
    /// Who passes all the same.
    pub allowlist: Allowlist,
    /// What is in maintenance; an empty list means everything.
    pub scope: Area,
    /// What stays open in maintenance.
    pub exempt: Exempt,
    /// What is answered as an API, however it is asked.
    pub api: Area,
    /// What refused clients are told.
    pub notice: Notice,
}

impl State {
    /// The version of the document that this code reads and writes.
    pub const VERSION: u64 = 1;
    /// The level of the format: it rises with each field that a reader may pass over, while the version stays. A node
    /// reports its own level (`docs/state.md`), so that control knows which nodes read a document whole.
    pub const FORMAT: u64 = 2;
    /// Longest document that is read, in bytes.
    pub const MAX_BYTES: usize = 1 << 20;

    /// The level of the format that a reader needs to read this state whole. Readers of a lower level refuse its document.
    #[must_use]
    pub fn least_format(&self) -> u64 {
        let origins = &self.notice.cors_origins;
        if origins.iter().all(Origin::is_known_to_all) {
            1
        } else {
            2
        }
    }

    /// The state of a new `service`, or of one of which nothing is known yet: revision 0 of no store, with the
    /// [usual exemptions](Exempt::usual) and the defaults of every other field.
    #[must_use]
    pub fn initial(service: ServiceName, maintenance: Mode) -> Self {
        Self {
            store: Box::default(),
            service,
            revision: 0,
            maintenance,
            allowlist: Allowlist::default(),
            scope: Area::default(),
            exempt: Exempt::usual(),
            api: Area::default_api(),
            notice: Notice::default(),
        }
    }

    /// What takes the place of a state whose lease has ended: nobody passes but by an exempt path.
    #[must_use]
    pub fn closed(&self) -> Self {
        let mut closed = self.clone();
        closed.maintenance = Mode::All;
        closed.allowlist.enabled = false;
        closed.scope = Area::default();
        closed
    }

    /// The document, as [`State::parse`] reads it, without white space: so
    /// [`MAX_BYTES`](Self::MAX_BYTES) hold some 75,000 addresses.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        #[derive(Serialize)]
        struct Document<'s> {
            version: u64,
            critical: [&'static str; 0],
            #[serde(flatten)]
            state: &'s State,
        }
        let document = Document {
            version: Self::VERSION,
            critical: [],
            state: self,
        };
        // Every key is a string and every value plain data, so there is nothing to fail.
        serde_json::to_vec(&document).unwrap_or_default()
    }

    /// Whether a node that enforces `self` may go on to `next`: a later revision of the same store,
    /// or any revision of a store that was founded later. States of different services are not ordered.
    #[must_use]
    pub fn may_give_way_to(&self, next: &Self) -> bool {
        next.service != self.service || (&next.store, next.revision) >= (&self.store, self.revision)
    }
}

/// Name of a service: lower-case letters, digits and hyphens, at most 63.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ServiceName(Box<str>);

impl ServiceName {
    /// The name `unknown`, for a node that has not heard of its service yet.
    #[must_use]
    pub fn unknown() -> Self {
        Self("unknown".into())
    }

    /// The service that an endpoint's path names: `shop` in `/v1/services/shop/state`, after any prefix.
    #[must_use]
    pub fn in_path(path: &str) -> Option<Self> {
        let path = path.split('?').next()?;
        let (services, name) = path.strip_suffix("/state")?.rsplit_once('/')?;
        let name = services.ends_with("/v1/services").then_some(name)?;
        name.parse().ok()
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ServiceName {
    type Err = ParseServiceNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let bytes = text.as_bytes();
        if text.len() <= 63 && edge(bytes.first()) && edge(bytes.last()) && text.bytes().all(inside)
        {
            Ok(Self(text.into()))
        } else {
            Err(ParseServiceNameError { text: text.into() })
        }
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is not a [`ServiceName`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseServiceNameError {
    text: Box<str>,
}

impl fmt::Display for ParseServiceNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is not a service name; use lower-case letters, digits and hyphens, at most 63",
            Quoted(&self.text)
        )
    }
}

impl core::error::Error for ParseServiceNameError {}

/// What is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing.
    Off,
    /// Whatever may change something: safe methods pass (RFC 9110, section 9.2.1).
    Writes,
    /// Everything.
    All,
}

impl FromStr for Mode {
    type Err = ParseModeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "writes" => Ok(Self::Writes),
            "all" => Ok(Self::All),
            _ => Err(ParseModeError { text: text.into() }),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "off",
            Self::Writes => "writes",
            Self::All => "all",
        })
    }
}

/// Why a text is not a [`Mode`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseModeError {
    text: Box<str>,
}

impl fmt::Display for ParseModeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is none of \"off\", \"writes\" and \"all\"",
            Quoted(&self.text)
        )
    }
}

impl core::error::Error for ParseModeError {}

/// Clients that pass while it is enabled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Allowlist {
    /// Whether it counts.
    pub enabled: bool,
    /// The blocks of addresses, which stay while it does not count.
    pub cidrs: Vec<Cidr>,
}

/// A part of a service, by host and path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Area {
    /// Hosts that belong to it.
    pub hosts: Vec<HostName>,
    /// Paths that belong to it.
    pub paths: Vec<PathPrefix>,
}

impl Area {
    /// What is taken for an API where the document does not say: `/api`.
    pub(crate) fn default_api() -> Self {
        Self {
            hosts: Vec::new(),
            paths: "/api".parse().into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_an_endpoint_names_its_service() {
        let named = |path| ServiceName::in_path(path).map(|name| Box::<str>::from(name.as_str()));
        for path in [
            "/v1/services/shop/state",
            "/control/v1/services/shop/state?wait=5",
        ] {
            assert_eq!(named(path), Some(Box::from("shop")), "{path}");
        }
        for path in [
            "/shop.json",
            "/state",
            "/v1/services/shop/state/",
            "/v1/services/shop/fleet",
            "/v1/services//state",
            "/v1/services/Shop/state",
            "/services/shop/state",
        ] {
            assert_eq!(named(path), None, "{path}");
        }
    }
}
