//! The crates one would use instead, each asked the way its documentation shows.

use cidr_utils::cidr::{Ipv4Cidr, Ipv6Cidr};
use cidr_utils::combiner::{Ipv4CidrCombiner, Ipv6CidrCombiner};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use iptrie::set::RTrieSet;
use iptrie::{IpPrefix, Ipv4Prefix, Ipv6Prefix};
use prefix_trie::PrefixSet;
use range_set_blaze::RangeSetBlaze;
use treebitmap::IpLookupTable;

use super::contender::{built, nets, v4, v6};
use super::{Contender, Family, Input};

pub(super) const IPTRIE: Contender = Contender {
    name: "iptrie",
    most: usize::MAX,
    build: |input| match input.family {
        Family::V6 => {
            let set: RTrieSet<Ipv6Prefix> = v6_nets(input)
                .map(|net| Ipv6Prefix::new(net.addr(), net.prefix_len()).expect("fits"))
                .collect();
            let set = set.compress();
            // The root is in every set.
            built(move |address| set.lookup(&v6(address)).len() != 0)
        }
        _ => {
            let set: RTrieSet<Ipv4Prefix> = v4_nets(input)
                .map(|net| Ipv4Prefix::new(net.addr(), net.prefix_len()).expect("fits"))
                .collect();
            let set = set.compress();
            built(move |address| set.lookup(&v4(address)).len() != 0)
        }
    },
};

pub(super) const PREFIX_TRIE: Contender = Contender {
    name: "prefix-trie",
    most: usize::MAX,
    build: |input| match input.family {
        Family::V6 => {
            let mut set: PrefixSet<(u128, u8)> = v6_nets(input)
                .map(|net| (net.addr().to_bits(), net.prefix_len()))
                .collect();
            set.aggregate();
            built(move |address| set.is_covered(&(v6(address).to_bits(), 128)))
        }
        _ => {
            let mut set: PrefixSet<(u32, u8)> = v4_nets(input)
                .map(|net| (net.addr().to_bits(), net.prefix_len()))
                .collect();
            set.aggregate();
            built(move |address| set.is_covered(&(v4(address).to_bits(), 32)))
        }
    },
};

pub(super) const TREEBITMAP: Contender = Contender {
    name: "treebitmap",
    most: usize::MAX,
    build: |input| match input.family {
        Family::V6 => {
            let mut table = IpLookupTable::new();
            for net in v6_nets(input) {
                table.insert(net.addr(), net.prefix_len().into(), ());
            }
            built(move |address| table.longest_match(v6(address)).is_some())
        }
        _ => {
            let mut table = IpLookupTable::new();
            for net in v4_nets(input) {
                table.insert(net.addr(), net.prefix_len().into(), ());
            }
            built(move |address| table.longest_match(v4(address)).is_some())
        }
    },
};

pub(super) const RANGE_SET_BLAZE: Contender = Contender {
    name: "range-set-blaze",
    most: usize::MAX,
    build: |input| match input.family {
        Family::V6 => {
            let set: RangeSetBlaze<u128> = v6_nets(input)
                .map(|net| net.network().to_bits()..=net.broadcast().to_bits())
                .collect();
            built(move |address| set.contains(v6(address).to_bits()))
        }
        _ => {
            let set: RangeSetBlaze<u32> = v4_nets(input)
                .map(|net| net.network().to_bits()..=net.broadcast().to_bits())
                .collect();
            built(move |address| set.contains(v4(address).to_bits()))
        }
    },
};

pub(super) const CIDR_UTILS: Contender = Contender {
    name: "cidr-utils",
    most: 1_000,
    build: |input| match input.family {
        Family::V6 => {
            let mut set = Ipv6CidrCombiner::with_capacity(input.cidrs.len());
            for net in v6_nets(input) {
                set.push(Ipv6Cidr::new(net.addr(), net.prefix_len()).expect("fits"));
            }
            built(move |address| set.contains(&v6(address)))
        }
        _ => {
            let mut set = Ipv4CidrCombiner::with_capacity(input.cidrs.len());
            for net in v4_nets(input) {
                set.push(Ipv4Cidr::new(net.addr(), net.prefix_len()).expect("fits"));
            }
            built(move |address| set.contains(&v4(address)))
        }
    },
};

fn v4_nets(input: &Input) -> impl Iterator<Item = Ipv4Net> {
    nets(input).filter_map(|net| match net {
        IpNet::V4(net) => Some(net),
        IpNet::V6(_) => None,
    })
}

fn v6_nets(input: &Input) -> impl Iterator<Item = Ipv6Net> {
    nets(input).filter_map(|net| match net {
        IpNet::V6(net) => Some(net),
        IpNet::V4(_) => None,
    })
}
