use std::net::IpAddr;
use std::num::NonZeroU8;

use intermission_core::{Cidr, ClientSource, HopCount, Peer, State, TrustedProxies};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Bytes, Expect};

/// A request to a node, and what has to come of it.
#[derive(Clone, Debug)]
pub struct Vector {
    /// Unique; states the behaviour.
    pub name: String,
    /// What would be wrong otherwise.
    pub why: String,
    /// The state in force.
    pub state: State,
    /// How the node is configured, unless it takes the peer for the client.
    pub node: Option<Node>,
    /// Where the node takes the client's address from.
    pub source: ClientSource,
    /// The request.
    pub request: Request,
    /// What comes of it.
    pub expect: Expect,
    /// What is different over a real transport.
    pub over: Over,
}

/// How a node is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    source: Source,
    header: Option<String>,
    hops: Option<NonZeroU8>,
    #[serde(default)]
    trusted: Vec<String>,
    #[serde(default)]
    trusts_unix_sockets: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Source {
    #[default]
    Peer,
    XForwardedFor,
    Forwarded,
    HopCount,
    Header,
}

impl Node {
    /// The source of the client's address.
    ///
    /// # Errors
    ///
    /// If a CIDR is not valid, or a header is named without need or not named.
    pub fn client_source(&self) -> Result<ClientSource, String> {
        let cidrs = self.trusted.iter().map(|text| text.parse::<Cidr>());
        let addresses = cidrs
            .collect::<Result<_, _>>()
            .map_err(|error| error.to_string())?;
        let mut trusted = TrustedProxies::new(addresses);
        if self.trusts_unix_sockets {
            trusted = trusted.with_unix_sockets();
        }
        match (self.source, &self.header, self.hops) {
            (Source::Peer, None, None) => Ok(ClientSource::Peer),
            (Source::XForwardedFor, None, None) => Ok(ClientSource::XForwardedFor(trusted)),
            (Source::Forwarded, None, None) => Ok(ClientSource::Forwarded(trusted)),
            (Source::HopCount, None, Some(hops)) => {
                let count = HopCount::new(hops);
                Ok(ClientSource::HopCount(if self.trusts_none() {
                    count
                } else {
                    count.with_trusted_peers(trusted)
                }))
            }
            (Source::Header, Some(name), None) => {
                Ok(ClientSource::Header(name.as_str().into(), trusted))
            }
            _ => Err("`header` goes with the source \"header\", `hops` with \"hop-count\"".into()),
        }
    }

    fn trusts_none(&self) -> bool {
        self.trusted.is_empty() && !self.trusts_unix_sockets
    }

    /// The member `client` in the plugin configuration of a filter that is configured like this node.
    #[must_use]
    pub fn client_setting(&self) -> Value {
        let source = match self.source {
            Source::Peer => return json!({ "source": "direct" }),
            Source::XForwardedFor => "x-forwarded-for",
            Source::Forwarded => "forwarded",
            Source::HopCount if self.trusts_none() => {
                return json!({ "source": "hop-count", "hops": self.hops });
            }
            Source::HopCount => "hop-count",
            Source::Header => "header",
        };
        let mut trusted = self.trusted.clone();
        if self.trusts_unix_sockets {
            trusted.push("unix".into());
        }
        if trusted.is_empty() {
            // The filter wants a proxy to be named. No peer has this address.
            trusted.push("0.0.0.0/32".into());
        }
        let mut client = json!({ "source": source, "trusted_proxies": trusted });
        if let (Some(members), Some(header)) = (client.as_object_mut(), &self.header) {
            members.insert("header".into(), json!(header));
        }
        if let (Some(members), Some(hops)) = (client.as_object_mut(), self.hops) {
            members.insert("hops".into(), json!(hops));
        }
        client
    }
}

/// A request as it arrives.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Request {
    /// The method.
    pub method: Bytes,
    /// The path of the target, with the query.
    pub path: Bytes,
    /// `:authority` in HTTP/2; in HTTP/1.1 the authority of an absolute-form target, or the whole
    /// target of a `CONNECT`.
    pub authority: Option<Bytes>,
    /// `:protocol`, which makes a `CONNECT` an extended one (RFC 8441); over HTTP/1.1 the request is sent as the GET with
    /// `Upgrade` that is the same there.
    pub protocol: Option<Bytes>,
    /// The header lines, in order.
    pub headers: Vec<(String, Bytes)>,
    /// The other end of the connection: an address, `unix` or `unknown`.
    pub peer: String,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            method: "GET".into(),
            path: "/".into(),
            authority: None,
            protocol: None,
            headers: Vec::new(),
            peer: "198.51.100.7".into(),
        }
    }
}

impl Request {
    /// The other end of the connection.
    ///
    /// # Errors
    ///
    /// If it is neither an address nor `unix` nor `unknown`.
    pub fn peer(&self) -> Result<Peer, String> {
        match self.peer.as_str() {
            "unix" => Ok(Peer::Unix),
            "unknown" => Ok(Peer::Unknown),
            text => text
                .parse::<IpAddr>()
                .map(Peer::Address)
                .map_err(|error| format!("peer {text:?}: {error}")),
        }
    }

    /// The client's address, as `source` gives it.
    ///
    /// # Errors
    ///
    /// If the vector is not valid.
    pub fn client(&self, source: &ClientSource) -> Result<Option<IpAddr>, String> {
        Ok(source.resolve(self.peer()?, self.headers.as_slice()))
    }
}

/// What is different over real transports.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Over {
    /// Over HTTP/1.1.
    pub http1: Option<Deviation>,
    /// Over HTTP/2.
    pub http2: Option<Deviation>,
    /// Through Envoy, over HTTP/1.1.
    pub envoy1: Option<Deviation>,
    /// Through Envoy, over HTTP/2.
    pub envoy2: Option<Deviation>,
    /// Through the oldest Envoy, over HTTP/2, if that is different.
    pub oldest_envoy2: Option<Deviation>,
}

/// What a transport does to a request before the node sees it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase")]
pub enum Deviation {
    /// It refuses it, for this reason; neither node nor application sees it.
    Rejected(String),
    /// It hands on another one.
    Becomes(Becomes),
}

/// A request that is not handed on as it was sent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Becomes {
    /// The path that node and application see.
    pub path: String,
    /// The header lines that they see, if not those of the request.
    pub headers: Option<Vec<(String, Bytes)>>,
    /// Why.
    pub why: String,
    /// The rule that decides about it.
    pub rule: String,
}
