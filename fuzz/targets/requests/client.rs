//! The client's address, compared with a plain walk over all hops.
#![no_main]

use std::net::IpAddr;

use intermission_core::{ClientSource, Peer, parse_address};
use intermission_fuzz::{Case, elements, oracle};

libfuzzer_sys::fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    intermission_fuzz::mutate(data, size, max_size, seed)
});

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let Some(case) = Case::read(text) else {
        return;
    };
    let client = case.view().client;
    let is_trusted = |address: IpAddr| case.trusted.iter().any(|cidr| oracle::has(*cidr, address));
    let peer = match case.peer {
        Peer::Address(address) => Some(address.to_canonical()),
        Peer::Unix | Peer::Unknown => None,
    };
    let is_seen = case.peer != Peer::Unknown;
    let trusts_all = case.hops.is_some() && case.trusted.is_empty() && is_seen;
    let trusts_peer = trusts_all || peer.map_or(case.peer == Peer::Unix, is_trusted);
    if matches!(case.source, ClientSource::Peer) || !trusts_peer {
        assert_eq!(client, peer);
        return;
    }
    if let Some(client) = client {
        assert!(!is_trusted(client), "{client} is a trusted proxy");
        assert_eq!(client, client.to_canonical());
    }
    if let Some(count) = case.hops {
        assert_eq!(
            client,
            counted(&case, usize::from(count), peer).filter(|client| !is_trusted(*client))
        );
        return;
    }
    let hops: Option<Vec<Option<IpAddr>>> = match &case.source {
        ClientSource::XForwardedFor(_) => Some(forwarded_for(&case)),
        ClientSource::Forwarded(_) => {
            let lines: Option<Vec<_>> = lines(&case, "forwarded")
                .into_iter()
                .map(elements)
                .collect();
            let hop =
                |element: &intermission_fuzz::Element<'_>| element.client.and_then(parse_address);
            lines.map(|lines| lines.iter().flatten().map(hop).collect())
        }
        ClientSource::Header(name, _) => match lines(&case, name).as_slice() {
            [line] => Some(vec![parse_address(line)]),
            _ => None,
        },
        _ => return,
    };
    // A line that cannot be read leaves the client unknown.
    let hops = hops.unwrap_or_default();
    let mut hops = hops
        .into_iter()
        .rev()
        .skip_while(|hop| hop.is_some_and(is_trusted));
    assert_eq!(client, hops.next().flatten());
});

/// The hops of all lines of `X-Forwarded-For`; a line without a value names none.
fn forwarded_for(case: &Case<'_>) -> Vec<Option<IpAddr>> {
    let lines = lines(case, "x-forwarded-for")
        .into_iter()
        .filter(|line| !line.trim_ascii().is_empty());
    lines
        .flat_map(|line| line.split(|byte| *byte == b','))
        .map(parse_address)
        .collect()
}

/// The hop at this place from the right, where it and all after it are addresses.
fn counted(case: &Case<'_>, count: usize, peer: Option<IpAddr>) -> Option<IpAddr> {
    let mut hops = forwarded_for(case);
    if let Some(peer) = peer.filter(|_| case.appended) {
        // For a peer on loopback Envoy appends an address of its own.
        if hops.pop()? != Some(peer) || peer.is_loopback() {
            return None;
        }
    }
    let place = hops.len().checked_sub(count)?;
    let readable = hops[place..].iter().all(Option::is_some);
    hops[place].filter(|_| readable)
}

fn lines<'b>(case: &Case<'b>, name: &str) -> Vec<&'b [u8]> {
    let lines = case
        .headers
        .iter()
        .filter(|(known, _)| known.eq_ignore_ascii_case(name));
    lines.map(|(_, value)| *value).collect()
}
