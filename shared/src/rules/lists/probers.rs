use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::address::parse_address;
use crate::address::{AddressSet, Cidr};
use crate::path::ProbePath;
use crate::request::Elements;
use crate::request::Weighed;
use crate::request::{CLIENT_HEADERS, Weights, is_among, spells};
use crate::request::{Headers, Peer};
use crate::rules::lists::beginnings::Beginnings;
use crate::state::Prober;

/// The paths that stay open to probers, each with the addresses of those, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Probers {
    beginnings: Beginnings,
    /// By path.
    paths: Box<[(Box<[u8]>, AddressSet)]>,
}

impl Probers {
    pub(crate) fn new(probers: &[Prober]) -> Self {
        let compiled = by_path(probers).into_iter();
        let paths = probers.iter().flat_map(|prober| &prober.paths);
        Self {
            beginnings: Beginnings::of(paths.map(ProbePath::as_str)),
            paths: compiled
                .map(|(path, cidrs)| (path.into(), cidrs.into_iter().collect()))
                .collect(),
        }
    }

    /// The addresses of the probers of `path`, which may have a query.
    #[inline(always)]
    pub(crate) fn of(&self, path: &[u8]) -> Option<&AddressSet> {
        self.beginnings
            .may_cover(path)
            .then(|| self.find(path))
            .flatten()
    }

    #[inline(never)]
    fn find(&self, path: &[u8]) -> Option<&AddressSet> {
        let path = crate::text::cut(path, b'?').0;
        let place = self
            .paths
            .binary_search_by(|(known, _)| (**known).cmp(path));
        place
            .ok()
            .and_then(|place| self.paths.get(place))
            .map(|(_, probers)| probers)
    }

    /// Whether the request is a prober's: it only reads, its path is plain and listed for the peer itself, and no header
    /// names another path or another client than the peer.
    #[inline(always)]
    pub(crate) fn cover<H: Headers + ?Sized>(&self, request: &Weighed<'_, '_, H>) -> bool {
        let view = request.request;
        let of_path = self.of(view.path);
        of_path.is_some_and(|probers| is_probe(request, probers))
    }
}

/// Whether a request for a path of these probers is one of theirs.
#[inline(never)]
fn is_probe<H: Headers + ?Sized>(request: &Weighed<'_, '_, H>, probers: &AddressSet) -> bool {
    let view = request.request;
    let Peer::Address(peer) = view.peer else {
        return false;
    };
    probers.contains(peer)
        && view.target().is_plain
        && request.only_reads()
        && !request.is_rerouted()
        && (!request.has(Weights::CLIENT) || names_only(view.headers, peer.to_canonical()))
}

/// The blocks of the probers that may ask for each path.
pub(crate) fn by_path(probers: &[Prober]) -> BTreeMap<&[u8], Vec<Cidr>> {
    let mut paths: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for prober in probers {
        for path in &prober.paths {
            let path = path.as_str().as_bytes();
            paths.entry(path).or_default().push(prober.cidr);
        }
    }
    paths
}

/// Whether no header names another client than the `peer`, which Envoy adds to `X-Forwarded-For` by itself.
fn names_only<H: Headers + ?Sized>(headers: &H, peer: IpAddr) -> bool {
    let is_peer = |address: &[u8]| parse_address(address) == Some(peer);
    headers.all().all(|(name, value)| {
        if !is_among(name, &CLIENT_HEADERS) {
            true
        } else if spells(name, "via") {
            false
        } else if spells(name, "forwarded") {
            Elements::new(value)
                .all(|element| element.is_ok_and(|element| element.client == Some(peer)))
        } else {
            // Envoy drops lines without a value when it joins several.
            value.trim_ascii().is_empty() || value.split(|byte| *byte == b',').all(is_peer)
        }
    })
}
