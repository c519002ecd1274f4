use core::net::IpAddr;
use core::num::NonZeroU8;

use crate::request::client::trusted_proxies::TrustedProxies;
use crate::request::client::x_forwarded_for::hops;
use crate::request::headers::Headers;
use crate::request::peer::Peer;

/// The number of proxies before a node, including the peer. Each has appended one address to `X-Forwarded-For`.
///
/// It is for balancers whose addresses are not published. Without trusted peers, a client that can reach the node past one
/// of the proxies can forge its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HopCount {
    count: NonZeroU8,
    peers: Option<TrustedProxies>,
    peer_appended: bool,
}

impl HopCount {
    /// Counts `count` proxies, for any peer.
    #[must_use]
    pub fn new(count: NonZeroU8) -> Self {
        Self {
            count,
            peers: None,
            peer_appended: false,
        }
    }

    /// Counts hops for these peers only; any other peer is itself the client.
    #[must_use]
    pub fn with_trusted_peers(self, peers: TrustedProxies) -> Self {
        Self {
            peers: Some(peers),
            ..self
        }
    }

    /// Counts hops for a node that itself appends the peer's address before it reads the header, as Envoy does with
    /// `use_remote_address: true`. The tower layer appends no address; there a proxy has appended the last one.
    ///
    /// The last address must be the peer's, otherwise the client is unknown. It is also unknown behind a proxy on loopback,
    /// for which Envoy appends its own address. For a Unix socket, Envoy appends no address.
    #[must_use]
    pub fn with_peer_appended(self) -> Self {
        Self {
            peer_appended: true,
            ..self
        }
    }

    pub(crate) fn resolve<H: Headers + ?Sized>(&self, peer: Peer, headers: &H) -> Option<IpAddr> {
        let trusts = |peers: &TrustedProxies| peers.trust(peer);
        let is_proxy = peer != Peer::Unknown && self.peers.as_ref().is_none_or(trusts);
        if !is_proxy {
            return peer.address();
        }
        let appended = self.peer_appended && peer != Peer::Unix;
        let is_own = |hop: Option<IpAddr>| {
            hop == peer.address() && hop.is_some_and(|address| !address.is_loopback())
        };
        if appended && !hops(headers).last().is_some_and(is_own) {
            return None;
        }
        let all = hops(headers).count().checked_sub(usize::from(appended))?;
        let first = all.checked_sub(self.count.get().into())?;
        let mut counted = hops(headers).take(all).skip(first);
        let client = counted.next()??;
        let readable = counted.all(|hop| hop.is_some());
        let is_peer = |peers: &TrustedProxies| peers.addresses.contains(client);
        (readable && !self.peers.as_ref().is_some_and(is_peer)).then_some(client)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use alloc::vec::Vec;

    use super::*;
    use crate::address::Cidr;

    fn resolve(
        count: u8,
        peers: &[&str],
        peer: &str,
        lines: &[&str],
    ) -> Option<alloc::string::String> {
        let hops = HopCount::new(count.try_into().unwrap());
        resolve_by(hops, peers, peer, lines)
    }

    fn resolve_appended(count: u8, peer: &str, lines: &[&str]) -> Option<alloc::string::String> {
        let hops = HopCount::new(count.try_into().unwrap()).with_peer_appended();
        resolve_by(hops, &[], peer, lines)
    }

    fn resolve_by(
        mut hops: HopCount,
        peers: &[&str],
        peer: &str,
        lines: &[&str],
    ) -> Option<alloc::string::String> {
        if !peers.is_empty() {
            let peers = peers.iter().map(|peer| peer.parse::<Cidr>().unwrap());
            hops = hops.with_trusted_peers(TrustedProxies::new(peers.collect()));
        }
        let peer = match peer {
            "unix" => Peer::Unix,
            peer => peer.parse().map_or(Peer::Unknown, Peer::Address),
        };
        let lines: Vec<_> = lines
            .iter()
            .map(|line| ("X-Forwarded-For", *line))
            .collect();
        hops.resolve(peer, lines.as_slice())
            .map(|client| client.to_string())
    }

    #[test]
    fn the_client_is_as_many_hops_from_the_right_as_there_are_proxies() {
        let google = ["203.0.113.5,34.120.9.9"];
        assert_eq!(
            resolve(2, &[], "35.191.0.1", &google).as_deref(),
            Some("203.0.113.5")
        );
        assert_eq!(
            resolve(1, &[], "35.191.0.1", &google).as_deref(),
            Some("34.120.9.9")
        );
        let forged = ["198.51.100.7", "203.0.113.5", "", "34.120.9.9"];
        assert_eq!(
            resolve(2, &[], "35.191.0.1", &forged).as_deref(),
            Some("203.0.113.5")
        );
        assert_eq!(resolve(2, &[], "unknown", &google), None);
    }

    #[test]
    fn an_address_equal_to_the_peer_counts_if_the_node_appends_none() {
        let honest = ["203.0.113.5, 127.0.0.1"];
        let forged = ["203.0.113.5, 198.51.100.7, 127.0.0.1"];
        assert_eq!(
            resolve(2, &[], "127.0.0.1", &honest).as_deref(),
            Some("203.0.113.5")
        );
        assert_eq!(
            resolve(2, &[], "127.0.0.1", &forged).as_deref(),
            Some("198.51.100.7")
        );
        assert_eq!(
            resolve(1, &[], "198.51.100.7", &["203.0.113.5, 198.51.100.7"]).as_deref(),
            Some("198.51.100.7")
        );
    }

    #[test]
    fn the_appended_peer_does_not_count() {
        let appended = ["198.51.100.7, 203.0.113.5, 34.120.9.9,35.191.0.1"];
        for peer in ["35.191.0.1", "::ffff:35.191.0.1"] {
            assert_eq!(
                resolve_appended(2, peer, &appended).as_deref(),
                Some("203.0.113.5"),
                "{peer}"
            );
        }
        let twice = ["203.0.113.5, 198.51.100.7, 10.0.0.1, 10.0.0.1"];
        assert_eq!(
            resolve_appended(2, "10.0.0.1", &twice).as_deref(),
            Some("198.51.100.7")
        );
        let too_few = ["203.0.113.5, 35.191.0.1"];
        assert_eq!(resolve_appended(2, "35.191.0.1", &too_few), None);
    }

    #[test]
    fn without_the_appended_peer_the_client_is_unknown() {
        for (peer, line) in [
            ("35.191.0.1", "203.0.113.5, 34.120.9.9"),
            ("35.191.0.1", ""),
            ("unknown", "203.0.113.5, 34.120.9.9, 35.191.0.1"),
            ("127.0.0.1", "203.0.113.5, 34.120.9.9, 172.17.0.2"),
            ("127.0.0.1", "203.0.113.5, 34.120.9.9, 127.0.0.1"),
            ("::1", "203.0.113.5, 34.120.9.9, ::1"),
        ] {
            assert_eq!(resolve_appended(2, peer, &[line]), None, "{peer}: {line}");
        }
        assert_eq!(
            resolve_appended(2, "unix", &["203.0.113.5, 34.120.9.9"]).as_deref(),
            Some("203.0.113.5")
        );
    }

    #[test]
    fn too_few_or_bad_hops_are_unknown() {
        for lines in [
            &[][..],
            &[""],
            &["203.0.113.5"],
            &["203.0.113.5, unknown"],
            &["unknown, 34.120.9.9"],
            &["203.0.113.5, 34.120.9.9, "],
        ] {
            assert_eq!(resolve(2, &[], "35.191.0.1", lines), None, "{lines:?}");
        }
    }

    #[test]
    fn a_peer_that_is_not_trusted_is_itself_the_client() {
        let peers = ["35.191.0.0/16"];
        let line = ["203.0.113.5, 34.120.9.9"];
        assert_eq!(
            resolve(2, &peers, "35.191.0.1", &line).as_deref(),
            Some("203.0.113.5")
        );
        assert_eq!(
            resolve(2, &peers, "198.51.100.7", &line).as_deref(),
            Some("198.51.100.7")
        );
        assert_eq!(resolve(2, &peers, "unknown", &line), None);
        assert_eq!(
            resolve(2, &peers, "35.191.0.1", &["35.191.0.2, 34.120.9.9"]),
            None
        );
    }
}
