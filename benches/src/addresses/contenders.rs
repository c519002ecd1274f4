use std::collections::BTreeMap;

use intermission_core::AddressSet;
use ipnet::IpNet;

use super::Family;
use super::contender::{Contender, built, nets, v4, v6};
#[cfg(feature = "contenders")]
use super::peers;
use super::ranges::merged;

/// What takes part: ours, the naive, and with the feature `contenders` the crates one would use instead.
pub const CONTENDERS: &[Contender] = &[
    Contender {
        name: "intermission",
        most: usize::MAX,
        build: |input| {
            let set: AddressSet = input.cidrs.iter().copied().collect();
            built(move |address| set.contains(address))
        },
    },
    Contender {
        name: "ipnet-scan",
        most: 1_000,
        build: |input| {
            let nets: Vec<IpNet> = nets(input).collect();
            built(move |address| nets.iter().any(|net| net.contains(&address)))
        },
    },
    Contender {
        name: "std-btreemap",
        most: usize::MAX,
        build: |input| match input.family {
            Family::V6 => {
                let ranges: BTreeMap<u128, u128> = merged(&input.cidrs).into_iter().collect();
                built(move |address| holds(&ranges, &v6(address).to_bits()))
            }
            _ => {
                let ranges: BTreeMap<u32, u32> = merged(&input.cidrs)
                    .into_iter()
                    .map(|(first, last)| (first as u32, last as u32))
                    .collect();
                built(move |address| holds(&ranges, &v4(address).to_bits()))
            }
        },
    },
    #[cfg(feature = "contenders")]
    peers::IPTRIE,
    #[cfg(feature = "contenders")]
    peers::PREFIX_TRIE,
    #[cfg(feature = "contenders")]
    peers::TREEBITMAP,
    #[cfg(feature = "contenders")]
    peers::RANGE_SET_BLAZE,
    #[cfg(feature = "contenders")]
    peers::CIDR_UTILS,
];

fn holds<T: Ord>(ranges: &BTreeMap<T, T>, address: &T) -> bool {
    ranges
        .range(..=address)
        .next_back()
        .is_some_and(|(_, last)| address <= last)
}
