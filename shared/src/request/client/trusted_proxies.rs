use core::net::IpAddr;

use crate::address::AddressSet;
use crate::request::peer::Peer;

/// The proxies whose headers give the client's address.
///
/// A trusted proxy is never a client itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies {
    pub(super) addresses: AddressSet,
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

    pub(super) fn trust(&self, peer: Peer) -> bool {
        match peer {
            Peer::Address(address) => self.addresses.contains(address),
            Peer::Unix => self.unix,
            Peer::Unknown => false,
        }
    }

    /// The last hop of a forwarding chain that is no trusted proxy; `None` if it cannot be read or does not exist.
    pub(super) fn last_untrusted(
        &self,
        hops: impl Iterator<Item = Option<IpAddr>>,
    ) -> Option<IpAddr> {
        hops.fold(None, |client, hop| match hop {
            Some(address) if self.addresses.contains(address) => client,
            hop => hop,
        })
    }
}
