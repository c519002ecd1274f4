use core::net::IpAddr;

/// The other end of the connection of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// An address of the network.
    Address(IpAddr),
    /// A Unix domain socket.
    Unix,
    /// The node does not know it.
    Unknown,
}

impl Peer {
    pub(crate) fn address(self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(address.to_canonical()),
            Self::Unix | Self::Unknown => None,
        }
    }
}
