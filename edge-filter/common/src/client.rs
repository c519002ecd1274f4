use std::net::IpAddr;
use std::num::NonZeroU8;

use intermission_core::{
    Cidr, ClientSource, Field, FieldError, Headers, HopCount, Peer, TrustedProxies, parse_address,
};

use crate::fields::header_text;

/// The source of the client's address.
#[derive(Debug)]
pub enum Client {
    /// Envoy's attribute `source.address`.
    Source {
        /// Whether an address that Envoy took from a header counts.
        trust_forwarded: bool,
    },
    /// A source of the core, which begins with the peer of the connection.
    Direct {
        /// The source.
        source: Box<ClientSource>,
        /// The filter state that has the peer, if the configuration names one.
        filter_state: Option<String>,
    },
}

/// Envoy's `source.address`, unless Envoy took it from a header.
impl Default for Client {
    fn default() -> Self {
        Self::Source {
            trust_forwarded: false,
        }
    }
}

/// The result of the search for the client's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The address; `None` if it is unknown.
    Address(Option<IpAddr>),
    /// Envoy took the address from a header, and the configuration does not say that this is safe.
    FromHeader,
}

impl Found {
    /// What an operator is to know of it, once.
    pub const FORGED: &'static str = "Envoy takes source.address from a header here, which any client may forge unless the edge \
         removes it; no client is allowlisted. Set use_remote_address: true, or client.source, or, if \
         Envoy's own handling of X-Forwarded-For is to be trusted, client.trust_forwarded";
}

impl Client {
    /// Reads the member `client` of a configuration.
    ///
    /// # Errors
    ///
    /// A value is invalid, or goes with another source.
    pub fn read(root: &Field<'_>) -> Result<Self, FieldError> {
        let Some(field) = root.member("client") else {
            return Ok(Self::default());
        };
        field.only(&[
            "source",
            "trust_forwarded",
            "trusted_proxies",
            "hops",
            "header",
            "filter_state",
        ])?;
        let source = field.required("source")?;
        let for_sources = |name: &str, sources: &[&str]| -> Result<(), FieldError> {
            let given = field
                .member(name)
                .filter(|_| !source.text().is_ok_and(|source| sources.contains(&source)));
            given.map_or(Ok(()), |given| {
                let sources = sources.join(" or ");
                Err(given.refuse(format!("goes with source {sources} only; leave it out")))
            })
        };
        for_sources("trust_forwarded", &["source-address"])?;
        for_sources(
            "trusted_proxies",
            &["x-forwarded-for", "forwarded", "hop-count", "header"],
        )?;
        for_sources("hops", &["hop-count"])?;
        for_sources("header", &["header"])?;
        for_sources(
            "filter_state",
            &[
                "direct",
                "x-forwarded-for",
                "forwarded",
                "hop-count",
                "header",
            ],
        )?;
        let trusted = || trusted_proxies(&field.required("trusted_proxies")?);
        let source = match source.text()? {
            "source-address" => {
                let trust_forwarded = field
                    .member("trust_forwarded")
                    .map_or(Ok(false), |field| field.boolean())?;
                return Ok(Self::Source { trust_forwarded });
            }
            "direct" => ClientSource::Peer,
            "x-forwarded-for" => ClientSource::XForwardedFor(trusted()?),
            "forwarded" => ClientSource::Forwarded(trusted()?),
            "hop-count" => ClientSource::HopCount(hop_count(&field)?),
            "header" => {
                let name = header_text(&field.required("header")?)?;
                ClientSource::Header(name.to_ascii_lowercase().into(), trusted()?)
            }
            _ => {
                let known = "one of source-address, direct, x-forwarded-for, forwarded, hop-count and header";
                return Err(source.mistyped(known));
            }
        };
        let filter_state = field.member("filter_state");
        Ok(Self::Direct {
            source: Box::new(source),
            filter_state: filter_state.map(|field| header_text(&field)).transpose()?,
        })
    }

    /// The name of the source.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Source { .. } => "source-address",
            Self::Direct { source, .. } => match source.name() {
                "peer" => "direct",
                name => name,
            },
        }
    }

    /// Finds the address of the client. `address` is Envoy's `source.address`, and `peer` the other end of the connection.
    pub fn find<H: Headers + ?Sized, A: AsRef<[u8]> + Default>(
        &self,
        address: impl FnOnce() -> Option<A>,
        peer: impl FnOnce() -> Peer,
        headers: &H,
    ) -> Found {
        match self {
            Self::Source { trust_forwarded } => {
                let address = address().unwrap_or_default();
                if !trust_forwarded && is_from_header(address.as_ref()) {
                    return Found::FromHeader;
                }
                Found::Address(parse_address(address.as_ref()))
            }
            Self::Direct { source, .. } => Found::Address(source.resolve(peer(), headers)),
        }
    }
}

/// Whether Envoy has taken its `source.address` from a header: it then has the port 0.
#[must_use]
pub fn is_from_header(address: &[u8]) -> bool {
    address.ends_with(b":0")
}

/// The peer as `%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%` prints it: a Unix socket as its path, or as an empty text if it has
/// none.
#[must_use]
pub fn read_peer(text: &[u8]) -> Peer {
    match parse_address(text) {
        Some(address) => Peer::Address(address),
        None if text.starts_with(b"/") || text.starts_with(b"@") => Peer::Unix,
        None => Peer::Unknown,
    }
}

fn hop_count(field: &Field<'_>) -> Result<HopCount, FieldError> {
    let hops = field.required("hops")?;
    let count = hops.integer(1, u8::MAX.into())?;
    let count = u8::try_from(count).ok().and_then(NonZeroU8::new);
    let count = HopCount::new(count.ok_or_else(|| hops.mistyped("a number of proxies"))?)
        .with_peer_appended();
    let peers = field.member("trusted_proxies");
    let peers = peers.map(|field| trusted_proxies(&field)).transpose()?;
    Ok(match peers {
        Some(peers) => count.with_trusted_peers(peers),
        None => count,
    })
}

fn trusted_proxies(field: &Field<'_>) -> Result<TrustedProxies, FieldError> {
    let entries = field.list(|entry| match entry {
        "unix" => Ok(None),
        entry => entry.parse::<Cidr>().map(Some),
    })?;
    if entries.is_empty() {
        return Err(field.refuse(
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
