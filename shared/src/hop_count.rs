use core::net::IpAddr;
use core::num::NonZeroU8;

use crate::client::{TrustedProxies, hops};
use crate::{Headers, Peer};

/// How many proxies stand before a node, the peer among them, each of which has appended one address to `X-Forwarded-For`.
///
/// For balancers whose addresses are not published. Without trusted peers anyone who reaches the node by another way than
/// through all of them may name any address as its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HopCount {
    count: NonZeroU8,
    peers: Option<TrustedProxies>,
}

impl HopCount {
    /// So many proxies, for any peer.
    #[must_use]
    pub fn new(count: NonZeroU8) -> Self {
        Self { count, peers: None }
    }

    /// Counts hops for these peers only; any other is itself the client.
    #[must_use]
    pub fn with_trusted_peers(self, peers: TrustedProxies) -> Self {
        Self {
            peers: Some(peers),
            ..self
        }
    }

    pub(crate) fn resolve<H: Headers + ?Sized>(&self, peer: Peer, headers: &H) -> Option<IpAddr> {
        let trusts = |peers: &TrustedProxies| peers.trust(peer);
        if !self.peers.as_ref().is_none_or(trusts) {
            return peer.address();
        }
        let last = hops(headers).last()?;
        // Envoy has appended it itself, before any filter sees the header.
        let own = last.is_some() && last == peer.address();
        let all = hops(headers).count() - usize::from(own);
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

    fn resolve(
        count: u8,
        peers: &[&str],
        peer: &str,
        lines: &[&str],
    ) -> Option<alloc::string::String> {
        let mut hops = HopCount::new(count.try_into().unwrap());
        if !peers.is_empty() {
            let peers = peers
                .iter()
                .map(|peer| peer.parse::<crate::Cidr>().unwrap());
            hops = hops.with_trusted_peers(TrustedProxies::new(peers.collect()));
        }
        let peer = peer.parse().map_or(Peer::Unknown, Peer::Address);
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
        assert_eq!(
            resolve(2, &[], "unknown", &google).as_deref(),
            Some("203.0.113.5")
        );
    }

    #[test]
    fn the_peer_that_envoy_has_appended_does_not_count() {
        let appended = ["198.51.100.7, 203.0.113.5, 34.120.9.9,35.191.0.1"];
        assert_eq!(
            resolve(2, &[], "35.191.0.1", &appended).as_deref(),
            Some("203.0.113.5")
        );
        assert_eq!(
            resolve(2, &[], "35.191.0.1", &["203.0.113.5, 35.191.0.1"]),
            None
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
