use alloc::boxed::Box;
use core::net::IpAddr;

use crate::address::parse_address;
use crate::request::client::hop_count::HopCount;
use crate::request::client::trusted_proxies::TrustedProxies;
use crate::request::client::x_forwarded_for::hops;
use crate::request::forwarded::Elements;
use crate::request::headers::Headers;
use crate::request::peer::Peer;

/// The source of the client's address.
///
/// For every source, an IPv4-mapped IPv6 address is IPv4, and an address that cannot be read is unknown. A peer that is not
/// trusted is itself the client, whatever its headers contain.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientSource {
    /// The peer of the connection.
    Peer,
    /// `X-Forwarded-For`, to which proxies append: the last hop over all header lines that is not a trusted proxy.
    XForwardedFor(TrustedProxies),
    /// `Forwarded` (RFC 7239), read like `X-Forwarded-For`.
    Forwarded(TrustedProxies),
    /// `X-Forwarded-For`: the hop at a fixed count from the right.
    HopCount(HopCount),
    /// A header that a trusted proxy sets to the client's address; its name is in lower case.
    Header(Box<str>, TrustedProxies),
}

impl ClientSource {
    /// The name of the source: `peer`, `hop-count`, or that of the header.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Peer => "peer",
            Self::XForwardedFor(_) => "x-forwarded-for",
            Self::Forwarded(_) => "forwarded",
            Self::HopCount(_) => "hop-count",
            Self::Header(name, _) => name,
        }
    }

    /// The client's address; `None` if it is unknown.
    pub fn resolve<H: Headers + ?Sized>(&self, peer: Peer, headers: &H) -> Option<IpAddr> {
        match self {
            Self::Peer => peer.address(),
            Self::HopCount(count) => count.resolve(peer, headers),
            Self::XForwardedFor(trusted) | Self::Forwarded(trusted) | Self::Header(_, trusted)
                if !trusted.trust(peer) =>
            {
                peer.address()
            }
            Self::XForwardedFor(trusted) => trusted.last_untrusted(hops(headers)),
            Self::Forwarded(trusted) => {
                let elements = || headers.lines("forwarded").flat_map(Elements::new);
                if elements().any(|element| element.is_err()) {
                    return None;
                }
                trusted.last_untrusted(elements().map(|element| element.ok()?.client))
            }
            Self::Header(name, trusted) => {
                let address = headers.single(name).and_then(parse_address)?;
                (!trusted.addresses.contains(address)).then_some(address)
            }
        }
    }
}

#[cfg(test)]
mod tests;
