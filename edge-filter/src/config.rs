use std::time::Duration;

use intermission_core::{
    Cidr, ClientSource, DocumentError, Listed, Mode, Node, Quoted, State, TrustedProxies,
};

use crate::host::milliseconds;
use crate::swap::digest;

/// The configuration of the plugin, valid.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    /// What control knows this Envoy by; `None` is Envoy's own name.
    pub(crate) node: Option<String>,
    pub(crate) interval: Duration,
    pub(crate) wait: Duration,
    pub(crate) start_wait: Duration,
    pub(crate) lease: Option<Duration>,
    pub(crate) client: Client,
    pub(crate) default: Mode,
    pub(crate) initial_state: Option<State>,
    /// Whether the bodies of refused requests are read before they are answered, which Envoy has to be set up for.
    pub(crate) read_bodies: bool,
}

/// Where the state is asked for.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) cluster: String,
    pub(crate) authority: String,
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
}

/// Where the client's address is taken from.
#[derive(Debug)]
pub(crate) enum Client {
    /// The attribute `source.address`.
    Source { trust_forwarded: bool },
    /// A core source, with the peer in the filter state of this key.
    Direct {
        source: Box<ClientSource>,
        filter_state: String,
    },
}

impl Config {
    /// Reads the plugin configuration, which `edge-filter/README.md` defines.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, DocumentError> {
        let value = Node::read(json)?;
        let root = Node::root(&value);
        root.only(&[
            "cluster",
            "authority",
            "path",
            "token",
            "node",
            "interval",
            "wait",
            "start_wait",
            "lease",
            "client",
            "default",
            "initial_state",
            "read_bodies",
        ])?;
        let seconds = |name, most, default| {
            root.field(name)
                .map_or(Ok(Duration::from_secs(default)), |node| {
                    seconds(&node, most)
                })
        };
        let endpoint = Endpoint::read(&root)?;
        let node = root.field("node");
        let node = node.map(|node| header_text(&node)).transpose()?;
        let interval = seconds("interval", 3600, 5)?;
        if let Some(node) = root
            .field("interval")
            .filter(|_| interval < SHORTEST_INTERVAL)
        {
            return Err(node.refuse("is too short; poll every 0.1 seconds or less often"));
        }
        let lease = root.field("lease");
        let lease = lease.map(|node| lease_of(&node)).transpose()?;
        Ok(Self {
            endpoint,
            node,
            interval,
            lease,
            wait: seconds("wait", 60, 10)?,
            start_wait: seconds("start_wait", 60, 2)?,
            client: root
                .field("client")
                .map_or(Ok(Client::default()), |node| Client::read(&node))?,
            default: root
                .field("default")
                .map_or(Ok(Mode::Off), |node| node.parsed())?,
            initial_state: root
                .field("initial_state")
                .map(|node| State::read(&node))
                .transpose()?,
            read_bodies: root
                .field("read_bodies")
                .map_or(Ok(false), |node| node.boolean())?,
        })
    }
}

impl Config {
    /// Tells ways to ask the same endpoint apart.
    pub(crate) fn manner(&self) -> u64 {
        let Self {
            endpoint,
            node,
            interval,
            wait,
            lease,
            ..
        } = self;
        let texts = [&endpoint.authorization, node].map(|text| text.as_deref().unwrap_or_default());
        let times = [*interval, *wait, lease.unwrap_or_default()];
        let texts = texts
            .into_iter()
            .flat_map(|text| text.bytes().chain([b' ']));
        let times = times
            .into_iter()
            .flat_map(|time| milliseconds(time).to_be_bytes());
        digest(texts.chain(times))
    }
}

const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);
/// A third of it is what a poll may wait, in whole seconds.
const SHORTEST_LEASE: Duration = Duration::from_secs(3);

impl Endpoint {
    fn read(root: &Node<'_>) -> Result<Self, DocumentError> {
        let cluster = header_text(&root.required("cluster")?)?;
        let path = root.required("path")?;
        if !path.text()?.starts_with('/') {
            return Err(
                path.refuse("does not begin with a slash; write it like /v1/services/shop/state")
            );
        }
        let token = root
            .field("token")
            .map(|node| header_text(&node))
            .transpose()?;
        Ok(Self {
            authority: root
                .field("authority")
                .map_or(Ok(cluster.clone()), |node| header_text(&node))?,
            cluster,
            path: header_text(&path)?,
            authorization: token.map(|token| format!("Bearer {token}")),
        })
    }
}

/// Envoy's `source.address`, unless a header made it.
impl Default for Client {
    fn default() -> Self {
        Self::Source {
            trust_forwarded: false,
        }
    }
}

impl Client {
    fn read(node: &Node<'_>) -> Result<Self, DocumentError> {
        node.only(&[
            "source",
            "trust_forwarded",
            "trusted_proxies",
            "header",
            "filter_state",
        ])?;
        let source = node.required("source")?;
        let for_sources = |name: &str, sources: &[&str]| -> Result<(), DocumentError> {
            let given = node
                .field(name)
                .filter(|_| !source.text().is_ok_and(|source| sources.contains(&source)));
            given.map_or(Ok(()), |given| {
                let sources = Listed(sources, " or ");
                Err(given.refuse(format!("goes with source {sources} only; leave it out")))
            })
        };
        for_sources("trust_forwarded", &["source-address"])?;
        for_sources(
            "trusted_proxies",
            &["x-forwarded-for", "forwarded", "header"],
        )?;
        for_sources("header", &["header"])?;
        for_sources(
            "filter_state",
            &["direct", "x-forwarded-for", "forwarded", "header"],
        )?;
        let trusted = || trusted_proxies(&node.required("trusted_proxies")?);
        let source = match source.text()? {
            "source-address" => {
                let trust_forwarded = node
                    .field("trust_forwarded")
                    .map_or(Ok(false), |node| node.boolean())?;
                return Ok(Self::Source { trust_forwarded });
            }
            "direct" => ClientSource::Peer,
            "x-forwarded-for" => ClientSource::XForwardedFor(trusted()?),
            "forwarded" => ClientSource::Forwarded(trusted()?),
            "header" => {
                let name = header_text(&node.required("header")?)?;
                ClientSource::Header(name.to_ascii_lowercase().into(), trusted()?)
            }
            _ => {
                let known = "one of source-address, direct, x-forwarded-for, forwarded and header";
                return Err(source.mistyped(known));
            }
        };
        let filter_state = node
            .field("filter_state")
            .map_or(Ok(FILTER_STATE.into()), |node| header_text(&node))?;
        Ok(Self::Direct {
            source: Box::new(source),
            filter_state,
        })
    }
}

/// The filter state that the recipe in the documentation fills with the peer's address.
const FILTER_STATE: &str = "intermission.peer";

fn trusted_proxies(node: &Node<'_>) -> Result<TrustedProxies, DocumentError> {
    let entries = node.list(|entry| match entry {
        "unix" => Ok(None),
        entry => entry.parse::<Cidr>().map(Some),
    })?;
    if entries.is_empty() {
        return Err(node.refuse(
            "names no proxy, so that no header would ever count; list their CIDRs, and unix",
        ));
    }
    let proxies = TrustedProxies::new(entries.iter().copied().flatten().collect());
    Ok(if entries.contains(&None) {
        proxies.with_unix_sockets()
    } else {
        proxies
    })
}

/// A number of seconds, and parts of them, up to `most`.
fn seconds(node: &Node<'_>, most: u64) -> Result<Duration, DocumentError> {
    let duration = node
        .value()
        .as_f64()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    duration
        .filter(|duration| *duration <= Duration::from_secs(most))
        .ok_or_else(|| node.mistyped(format!("a number of seconds from 0 to {most}")))
}

fn lease_of(node: &Node<'_>) -> Result<Duration, DocumentError> {
    let lease = seconds(node, 86_400)?;
    if lease < SHORTEST_LEASE {
        return Err(node.refuse("is too short; a lease of 3 seconds is the shortest"));
    }
    Ok(lease)
}

/// A text that goes into a header.
fn header_text(node: &Node<'_>) -> Result<String, DocumentError> {
    let text = node.text()?;
    if text.is_empty() || !text.bytes().all(|byte| matches!(byte, b'!'..=b'~')) {
        return Err(node.refuse(format!(
            "{} is empty or holds what no header can",
            Quoted(text)
        )));
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(json: &str) -> String {
        Config::parse(json.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_left_out_has_its_default() {
        let config = Config::parse(br#"{ "cluster": "control", "path": "/state" }"#).unwrap();
        assert_eq!(config.endpoint.authority, "control");
        assert_eq!(
            (config.interval, config.wait),
            (Duration::from_secs(5), Duration::from_secs(10))
        );
        assert_eq!(
            (config.start_wait, config.default),
            (Duration::from_secs(2), Mode::Off)
        );
        assert!(matches!(
            config.client,
            Client::Source {
                trust_forwarded: false
            }
        ));
    }

    #[test]
    fn every_refusal_names_the_key() {
        let with = |member: &str| format!(r#"{{ "cluster": "c", "path": "/", {member} }}"#);
        for (json, expected) in [
            (
                String::new(),
                "the document: not JSON: EOF while parsing a value at line 1 column 0",
            ),
            (r#"{ "path": "/state" }"#.into(), "/cluster: is missing"),
            (
                with(r#""intervall": 5"#),
                "/intervall: is not known; known here: cluster, authority, path, token, node, interval, wait, start_wait, \
                 lease, client, default, initial_state, read_bodies",
            ),
            (
                r#"{ "cluster": "c", "path": "state" }"#.into(),
                "/path: does not begin with a slash; write it like /v1/services/shop/state",
            ),
            (
                with(r#""interval": 0"#),
                "/interval: is too short; poll every 0.1 seconds or less often",
            ),
            (
                with(r#""lease": 2"#),
                "/lease: is too short; a lease of 3 seconds is the shortest",
            ),
            (
                with(r#""wait": -1"#),
                "/wait: -1 is not a number of seconds from 0 to 60",
            ),
            (
                with(r#""token": "a\nb""#),
                r#"/token: "a\nb" is empty or holds what no header can"#,
            ),
            (
                with(r#""node": """#),
                r#"/node: "" is empty or holds what no header can"#,
            ),
            (
                with(r#""default": "on""#),
                r#"/default: "on" is none of "off", "writes" and "all""#,
            ),
            (
                with(r#""initial_state": { "version": 1 }"#),
                "/initial_state/service: is missing",
            ),
            (
                with(r#""client": { "source": "leftmost" }"#),
                "/client/source: \"leftmost\" is not one of source-address, direct, x-forwarded-for, forwarded and header",
            ),
            (
                with(r#""client": { "source": "forwarded" }"#),
                "/client/trusted_proxies: is missing",
            ),
            (
                with(r#""client": { "source": "forwarded", "trusted_proxies": ["10.0.0.1/8"] }"#),
                "/client/trusted_proxies/0: \"10.0.0.1/8\" has bits beyond its prefix; did you mean 10.0.0.0/8?",
            ),
            (
                with(r#""client": { "source": "direct", "trusted_proxies": ["unix"] }"#),
                "/client/trusted_proxies: goes with source x-forwarded-for or forwarded or header only; leave it out",
            ),
            (
                with(r#""client": { "source": "header", "trusted_proxies": ["unix"] }"#),
                "/client/header: is missing",
            ),
        ] {
            assert_eq!(refused(&json), expected);
        }
    }

    #[test]
    fn who_asks_otherwise_is_told_apart() {
        let manner = |member: &str| {
            let json = format!(r#"{{ "cluster": "c", "path": "/", "start_wait": 1 {member} }}"#);
            Config::parse(json.as_bytes()).unwrap().manner()
        };
        assert_eq!(manner(r#", "default": "all""#), manner(""));
        let manners = [
            "",
            r#", "token": "a""#,
            r#", "node": "a""#,
            r#", "interval": 4"#,
            r#", "wait": 4"#,
            r#", "lease": 4"#,
        ];
        let told_apart: std::collections::BTreeSet<_> = manners.map(manner).into();
        assert_eq!(told_apart.len(), manners.len());
    }

    #[test]
    fn numbers_may_be_floats() {
        let json = br#"{ "cluster": "c", "path": "/", "interval": 5.0, "wait": 0.0,
            "initial_state": { "version": 1.0, "service": "shop", "revision": 2.0, "maintenance": "all" } }"#;
        let config = Config::parse(json).unwrap();
        assert_eq!(config.initial_state.map(|state| state.revision), Some(2));
        assert_eq!(config.wait, Duration::ZERO);
    }
}
