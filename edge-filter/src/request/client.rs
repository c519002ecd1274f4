//! The client and the peer, as Envoy's attributes say them.

use intermission_core::Peer;
use intermission_edge::{Client, Found, is_from_header, read_peer};

use crate::config::Config;
use crate::host::{HeaderLines, Host};

impl Config {
    pub(crate) fn find_client(&self, host: &impl Host, headers: &HeaderLines) -> Found {
        let address = || host.property("source\0address");
        self.client.find(address, || self.peer(host), headers)
    }

    /// The other end of the connection.
    pub(crate) fn peer(&self, host: &impl Host) -> Peer {
        let address = host.property(&self.peer);
        let address = match self.client {
            Client::Source { .. } => address.filter(|address| !is_from_header(address)),
            Client::Direct { .. } => address,
        };
        address.as_deref().map_or(Peer::Unknown, read_peer)
    }
}
