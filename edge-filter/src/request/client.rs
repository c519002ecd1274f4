//! The client's address from Envoy.

use std::net::IpAddr;

use intermission_core::{Peer, parse_address};

use crate::config::Client;
use crate::host::{HeaderLines, Host};

/// The result of the search for the client's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Address(Option<IpAddr>),
    /// Envoy took the address from a header, and the configuration does not say that this is safe.
    FromHeader,
}

impl Client {
    /// The name of the source.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Source { .. } => "source-address",
            Self::Direct { source, .. } => match source.name() {
                "peer" => "direct",
                name => name,
            },
        }
    }

    pub(crate) fn find(&self, host: &impl Host, headers: &HeaderLines) -> Found {
        match self {
            Self::Source { trust_forwarded } => {
                let address = host.property("source\0address").unwrap_or_default();
                if !trust_forwarded && is_from_header(&address) {
                    return Found::FromHeader;
                }
                Found::Address(parse_address(&address))
            }
            Self::Direct { source, .. } => Found::Address(source.resolve(self.peer(host), headers)),
        }
    }

    /// The other end of the connection.
    pub(crate) fn peer(&self, host: &impl Host) -> Peer {
        let address = match self {
            // An address with port 0 comes from a header.
            Self::Source { .. } => host
                .property("source\0address")
                .filter(|address| !is_from_header(address)),
            Self::Direct { peer, .. } => host.property(peer),
        };
        address.as_deref().map_or(Peer::Unknown, read_peer)
    }
}

fn is_from_header(address: &[u8]) -> bool {
    address.ends_with(b":0")
}

/// The peer as `%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%` prints it: a Unix socket as its path, or as an empty text if it has
/// none.
fn read_peer(text: &[u8]) -> Peer {
    match parse_address(text) {
        Some(address) => Peer::Address(address),
        None if text.starts_with(b"/") || text.starts_with(b"@") => Peer::Unix,
        None => Peer::Unknown,
    }
}
