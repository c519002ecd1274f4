use intermission_core::Peer;
use intermission_edge::{Client, Found, is_from_header, read_peer};
use intermission_native_abi::Request;

use crate::headers::Lines;

/// The address of the client.
pub(crate) fn find(client: &Client, request: &Request<'_>, headers: &Lines<'_>) -> Found {
    client.find(
        || request.source_address(),
        || peer(client, request),
        headers,
    )
}

/// The other end of the connection: Envoy's `source.address` unless Envoy took that from a header, the filter state that the
/// configuration names, or the peer itself.
pub(crate) fn peer(client: &Client, request: &Request<'_>) -> Peer {
    let address = match client {
        Client::Source { .. } => request
            .source_address()
            .filter(|address| !is_from_header(address)),
        Client::Direct {
            filter_state: Some(name),
            ..
        } => request.filter_state(name),
        Client::Direct { .. } => request.peer(),
    };
    address.map_or(Peer::Unknown, read_peer)
}
