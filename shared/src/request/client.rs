//! The client's address, from one configured source.

use core::net::IpAddr;

use crate::address::{AddressSet, parse_address};
use crate::request::forwarded::Elements;
use crate::request::headers::Headers;
use crate::request::hop_count::HopCount;
use crate::request::peer::Peer;

/// The proxies whose word on the client's address is taken.
///
/// None of them is ever a client itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    pub(crate) addresses: AddressSet,
    unix: bool,
}

impl TrustedProxies {
    /// The proxies at `addresses`.
    #[must_use]
    pub fn new(addresses: AddressSet) -> Self {
        Self {
            addresses,
            unix: false,
        }
    }

    /// Also trusts peers that connect through a Unix domain socket.
    #[must_use]
    pub fn with_unix_sockets(self) -> Self {
        Self { unix: true, ..self }
    }

    pub(crate) fn trust(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.addresses.contains(address),
            Peer::Unix => self.unix,
            Peer::Unknown => false,
        }
    }

    /// The last hop of a forwarding chain that is no trusted proxy; `None` where it cannot be read
    /// or there is none.
    fn last_untrusted(&self, hops: impl Iterator<Item = Option<IpAddr>>) -> Option<IpAddr> {
        hops.fold(None, |client, hop| match hop {
            Some(address) if self.addresses.contains(address) => client,
            hop => hop,
        })
    }
}

/// Where a node takes the client's address from.
///
/// Whatever the source, an IPv4-mapped IPv6 address is IPv4, and an address that cannot be read is
/// unknown. A peer that is not trusted is itself the client, whatever its headers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientSource {
    /// The peer of the connection.
    Peer,
    /// `X-Forwarded-For` as the proxies append to it: the last hop, over all header lines, that is
    /// not a trusted proxy.
    XForwardedFor(TrustedProxies),
    /// `Forwarded` (RFC 7239), read like `X-Forwarded-For`.
    Forwarded(TrustedProxies),
    /// `X-Forwarded-For`, of which the hops from the right are counted.
    HopCount(HopCount),
    /// A field of this name, in lower case, that a trusted proxy sets to the client's address.
    Header(alloc::boxed::Box<str>, TrustedProxies),
}

impl ClientSource {
    /// The client's address; `None` where it is unknown.
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

/// The hops that `X-Forwarded-For` names over all its lines; `None` stands for what is no address.
///
/// A line without a value names none: Envoy has joined the lines before any filter sees them, and has dropped those.
pub(crate) fn hops<H: Headers + ?Sized>(headers: &H) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.lines("x-forwarded-for");
    let lines = lines.filter(|line| !line.trim_ascii().is_empty());
    lines
        .flat_map(|line| line.split(|byte| *byte == b','))
        .map(parse_address)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use super::*;

    fn trusted() -> TrustedProxies {
        TrustedProxies::new(
            ["10.0.0.0/8", "2001:db8:10::/48"]
                .iter()
                .map(|cidr| cidr.parse().unwrap())
                .collect(),
        )
    }

    #[track_caller]
    fn check(source: ClientSource, peer: &str, lines: &[(&str, &str)], expected: Option<&str>) {
        let client = source.resolve(Peer::Address(peer.parse().unwrap()), lines);
        assert_eq!(
            client.map(|client| client.to_string()).as_deref(),
            expected,
            "{lines:?}"
        );
    }

    #[test]
    fn x_forwarded_for_is_walked_from_the_right_over_all_lines() {
        let walk = |peer, values: &[&'static str], expected| {
            let lines: Vec<_> = values
                .iter()
                .map(|value| ("X-Forwarded-For", *value))
                .collect();
            check(
                ClientSource::XForwardedFor(trusted()),
                peer,
                &lines,
                expected,
            );
        };
        walk("198.51.100.7", &["203.0.113.5"], Some("198.51.100.7"));
        walk("10.0.0.1", &["203.0.113.5"], Some("203.0.113.5"));
        walk("::ffff:10.0.0.1", &["203.0.113.5"], Some("203.0.113.5"));
        walk(
            "10.0.0.1",
            &["203.0.113.5, 198.51.100.7, 10.0.0.2"],
            Some("198.51.100.7"),
        );
        walk(
            "10.0.0.1",
            &["203.0.113.5", "198.51.100.7", "10.0.0.2"],
            Some("198.51.100.7"),
        );
        walk("10.0.0.1", &["203.0.113.5, garbage"], None);
        walk("10.0.0.1", &["203.0.113.5,"], None);
        walk("10.0.0.1", &["garbage, 203.0.113.5"], Some("203.0.113.5"));
        walk("10.0.0.1", &["10.0.0.3, 10.0.0.2"], None);
        walk("10.0.0.1", &[], None);
    }

    #[test]
    fn forwarded_is_walked_like_x_forwarded_for() {
        let walk = |values: &[&'static str], expected| {
            let lines: Vec<_> = values.iter().map(|value| ("Forwarded", *value)).collect();
            check(
                ClientSource::Forwarded(trusted()),
                "10.0.0.1",
                &lines,
                expected,
            );
        };
        walk(&["for=203.0.113.5"], Some("203.0.113.5"));
        walk(
            &["For=\"203.0.113.5:80\";proto=https;by=10.0.0.9"],
            Some("203.0.113.5"),
        );
        walk(
            &["for=203.0.113.5 ; proto=http , for=\"[2001:db8::5]:4711\""],
            Some("2001:db8::5"),
        );
        walk(
            &["for=203.0.113.5", "for=\"[2001:db8:10::1]\""],
            Some("203.0.113.5"),
        );
        walk(&["for=203.0.113.5, for=unknown"], None);
        walk(&["for=203.0.113.5, for=_hidden"], None);
        walk(&["for=203.0.113.5, proto=http"], None);
        walk(&["for=203.0.113.5, for=198.51.100.7;for=203.0.113.5"], None);
        walk(&["for=203.0.113.5;x=\"", "for=198.51.100.7"], None);
        walk(&["for=203.0.113.5;x=\", for=\"198.51.100.7\""], None);
        walk(
            &["for=203.0.113.5;x=\"\\\", for=198.51.100.7\""],
            Some("203.0.113.5"),
        );
        walk(&["for=\"203.0.113.5"], None);
        walk(&["for=[2001:db8::5]:4711;proto=https"], Some("2001:db8::5"));
        for line in [
            "for=203.0.113.5;",
            ";for=203.0.113.5",
            "for=203.0.113.5;;proto=https",
            "for=203.0.113.5 ; ; proto=https",
            "for=203.0.113.5, , for=10.1.1.1",
            "for=203.0.113.5,",
            ",for=203.0.113.5",
        ] {
            walk(&[line], Some("203.0.113.5"));
        }
        walk(&["for=203.0.113.5", "", " , "], Some("203.0.113.5"));
        walk(&["for=203.0.113.5, ;"], None);
        walk(&["for=203.0.113.5;proto=https http"], None);
        walk(&["for=203.0.113.5 for=203.0.113.5"], None);
        walk(&["for=203.0.113.5;host=a;host=b"], None);
        walk(&[";"], None);
        walk(&["for"], None);
        walk(&[], None);
    }

    #[test]
    fn a_named_header_counts_once_and_from_trusted_peers_only() {
        let header = || ClientSource::Header("x-real-ip".into(), trusted());
        check(
            header(),
            "10.0.0.1",
            &[("X-Real-IP", "203.0.113.5")],
            Some("203.0.113.5"),
        );
        check(
            header(),
            "198.51.100.7",
            &[("X-Real-IP", "203.0.113.5")],
            Some("198.51.100.7"),
        );
        check(
            header(),
            "10.0.0.1",
            &[("X-Real-IP", "203.0.113.5"), ("x-real-ip", "203.0.113.5")],
            None,
        );
        check(
            header(),
            "10.0.0.1",
            &[("X-Real-IP", "203.0.113.5, 203.0.113.6")],
            None,
        );
        check(header(), "10.0.0.1", &[("X-Real-IP", "10.0.0.2")], None);
        check(header(), "10.0.0.1", &[], None);
    }

    #[test]
    fn a_unix_socket_is_trusted_by_name_only() {
        let lines = [("x-forwarded-for", "203.0.113.5")];
        let resolve =
            |trusted| ClientSource::XForwardedFor(trusted).resolve(Peer::Unix, lines.as_slice());
        assert_eq!(resolve(trusted()), None);
        assert!(resolve(trusted().with_unix_sockets()).is_some());
    }
}
