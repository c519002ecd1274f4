use std::num::NonZeroU8;

use intermission_core::{Cidr, ClientSource, Field, FieldError, HopCount, TrustedProxies};

use crate::config::fields::header_text;

/// The source of the client's address.
#[derive(Debug)]
pub(crate) enum Client {
    /// The attribute `source.address`.
    Source { trust_forwarded: bool },
    /// A core source, with the peer in an attribute.
    Direct {
        source: Box<ClientSource>,
        peer: String,
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

impl Client {
    pub(super) fn read(field: &Field<'_>) -> Result<Self, FieldError> {
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
            "hop-count" => ClientSource::HopCount(hop_count(field)?),
            "header" => {
                let name = header_text(&field.required("header")?)?;
                ClientSource::Header(name.to_ascii_lowercase().into(), trusted()?)
            }
            _ => {
                let known = "one of source-address, direct, x-forwarded-for, forwarded, hop-count and header";
                return Err(source.mistyped(known));
            }
        };
        let filter_state = field
            .member("filter_state")
            .map_or(Ok(FILTER_STATE.into()), |field| header_text(&field))?;
        Ok(Self::Direct {
            source: Box::new(source),
            peer: format!("filter_state\0{filter_state}"),
        })
    }
}

/// The filter state that the recipe in the documentation fills with the peer's address.
const FILTER_STATE: &str = "intermission.peer";

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
