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
