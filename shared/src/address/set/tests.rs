use alloc::string::ToString;
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use proptest::prelude::*;

use super::*;

fn set(cidrs: &[&str]) -> AddressSet {
    cidrs
        .iter()
        .map(|text| text.parse::<Cidr>().unwrap())
        .collect()
}

fn contains(set: &AddressSet, address: &str) -> bool {
    set.contains(address.parse().unwrap())
}

#[test]
fn both_ends_of_each_family_are_reachable() {
    let everything = set(&["0.0.0.0/0", "::/0"]);
    for address in [
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ] {
        assert!(contains(&everything, address), "{address}");
        assert!(!contains(&AddressSet::default(), address), "{address}");
    }
    let ends = set(&[
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]);
    assert!(contains(&ends, "255.255.255.255") && !contains(&ends, "255.255.255.254"));
    assert!(contains(&ends, "::") && !contains(&ends, "::1"));
}

#[test]
fn a_block_inside_another_does_not_shorten_it() {
    let nested = set(&["10.0.0.0/8", "10.1.0.0/16"]);
    assert!(contains(&nested, "10.200.0.1"));
}

#[test]
fn all_of_ipv6_does_not_hold_an_ipv4_mapped_address() {
    assert!(!contains(&set(&["::/0"]), "::ffff:203.0.113.5"));
    assert!(contains(&set(&["203.0.113.5"]), "::ffff:203.0.113.5"));
    assert!(!contains(&set(&["203.0.113.5"]), "::fffe:203.0.113.5"));
    assert!(!contains(&set(&["203.0.113.5"]), "::203.0.113.5"));
}

#[test]
fn a_set_is_empty_only_without_any_block() {
    assert!(AddressSet::default().is_empty());
    assert_eq!(set(&[]), AddressSet::default());
    for cidr in ["0.0.0.0/0", "255.255.255.255", "::/0", "::"] {
        assert!(!set(&[cidr]).is_empty(), "{cidr}");
    }
    assert!(!v4(&every_other(1 << 15)).is_empty());
}

#[test]
fn sets_of_the_same_addresses_are_equal_however_they_are_written() {
    assert_eq!(
        set(&["10.0.0.0/9", "10.128.0.0/9", "10.1.2.3"]),
        set(&["10.0.0.0/8"])
    );
    assert_eq!(set(&["::/1", "8000::/1"]), set(&["::/0"]));
    assert_ne!(set(&["10.0.0.0/9"]), set(&["10.128.0.0/9"]));
}

/// Every set of addresses at either end of a family, asked for every address there: so every change of
/// membership, beside every other.
#[test]
fn every_set_of_few_addresses_is_answered_for_exactly() {
    for members in 0..1_u16 << 12 {
        let address = |index: u32| match index {
            0..6 => index,
            _ => u32::MAX - (11 - index),
        };
        let far = |index: u32| match index {
            0..6 => u128::from(index) << 62,
            _ => u128::MAX - (u128::from(11 - index) << 63),
        };
        let inside = (0..12).filter(|index| (members >> index) & 1 == 1);
        let set: AddressSet = inside
            .flat_map(|index| [v4_address(address(index)), v6_address(far(index))])
            .map(Cidr::from)
            .collect();
        for index in 0..12 {
            let expected = (members >> index) & 1 == 1;
            assert_eq!(set.contains(v4_address(address(index))), expected);
            assert_eq!(set.contains(v6_address(far(index))), expected);
        }
        assert!(!set.contains(v4_address(1 << 31)) && !set.contains(v6_address((1 << 127) | 1)));
    }
}

#[test]
fn every_edge_of_neighbours_is_exact() {
    // All touch, so that nothing but two changes is left; and then every other is missing.
    assert_edges(&(0..2_000).map(|low| (low, 32)).collect::<Vec<_>>());
    assert_edges(&every_other(2_000));
    // Up to the highest address, and from the lowest on.
    let highest = |(first, prefix): (u32, u8)| (u32::MAX - first, prefix);
    assert_edges(
        &every_other(2_000)
            .into_iter()
            .map(highest)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_edge_of_one_crowd_among_few_is_exact() {
    let mut cidrs = every_other(3_000);
    for (first, _) in &mut cidrs {
        *first += 0xc0a8_0000;
    }
    cidrs.extend([(0, 8), (0x0a00_0000, 8), (0xe000_0000, 3)]);
    assert_edges(&cidrs);
    // An odd number of changes in front of the crowd, and behind.
    cidrs.extend([(0xc000_0000, 9), (0xffff_ffff, 32)]);
    assert_edges(&cidrs);
}

#[test]
fn every_edge_of_large_sets_is_exact() {
    // Many: spread, in one slot after the other, and in crowded slots.
    let spread = |step: u32| (0..20_000_u32).map(move |index| (index.wrapping_mul(step), 32));
    assert_edges(&spread(0x9e37_79b1).collect::<Vec<_>>());
    let higher = |(first, prefix): (u32, u8)| (first / 2 + 0x1234_8001, prefix);
    // The first is in the middle of what shares its upper half, and some of what follows begins with all of that.
    let crowded = (0x2000..0x2020_u32).map(|upper| (upper << 17, 16));
    let higher = spread(0x9e37_79b1).map(higher).chain(crowded);
    assert_edges(&higher.collect::<Vec<_>>());
    assert_edges(&spread(2).collect::<Vec<_>>());
    assert_edges(
        &spread(0x0001_0000)
            .chain(spread(0x0003_ffff))
            .collect::<Vec<_>>(),
    );
    let mut cidrs: Vec<_> = spread(0x0002_8001).collect();
    cidrs.extend([(0, 32), (0x8000_0000, 1), (u32::MAX, 32)]);
    assert_edges(&cidrs);
}

#[test]
fn a_large_ipv6_set_is_exact_where_many_share_their_leading_bits() {
    let host = |index: u128| ((0x2001_0db8 << 96) | (index * 2), 128);
    let network = |index: u128| ((0x2a00 << 112) | (index << 65), 64);
    let mut cidrs: Vec<_> = (0..600)
        .flat_map(|index| [host(index), network(index)])
        .collect();
    assert_edges_v6(&cidrs);
    cidrs.extend([
        (0, 128),
        (u128::MAX, 128),
        (0x2001_0db8 << 96, 48),
        (0xff << 120, 8),
    ]);
    assert_edges_v6(&cidrs);
    // More than 16 bits can count.
    let many: Vec<_> = (0..33_000)
        .map(|index| ((0x2400 << 112) | (index << 81), 48))
        .collect();
    assert_edges_v6(&many);
}

fn every_other(count: u32) -> Vec<(u32, u8)> {
    (0..count).map(|index| (index * 2, 32)).collect()
}

fn v4(cidrs: &[(u32, u8)]) -> AddressSet {
    let cidr = |&(first, prefix): &(u32, u8)| cidr(v4_address(first), prefix);
    cidrs.iter().map(cidr).collect()
}

fn v4_address(bits: u32) -> IpAddr {
    Ipv4Addr::from_bits(bits).into()
}

fn v6_address(bits: u128) -> IpAddr {
    Ipv6Addr::from_bits(bits).into()
}

fn cidr(address: IpAddr, prefix: u8) -> Cidr {
    let net = IpNet::new(address, prefix).unwrap().trunc();
    net.to_string().parse().unwrap()
}

/// Asks for the first and the last address of every block, the ones beside them, and the ends of the family.
#[track_caller]
fn assert_edges(cidrs: &[(u32, u8)]) {
    let wide: Vec<_> = cidrs
        .iter()
        .map(|&(first, prefix)| (u128::from(first), 32 - u32::from(prefix)))
        .collect();
    let set = v4(cidrs);
    let oracle = Oracle::new(&wide);
    for address in edges(&wide, u32::MAX.into()) {
        let expected = oracle.contains(address);
        let address = v4_address(address as u32);
        assert_eq!(set.contains(address), expected, "{address}");
    }
}

#[track_caller]
fn assert_edges_v6(cidrs: &[(u128, u8)]) {
    let wide: Vec<_> = cidrs
        .iter()
        .map(|&(first, prefix)| (first, 128 - u32::from(prefix)))
        .collect();
    let set: AddressSet = cidrs
        .iter()
        .map(|&(first, prefix)| cidr(v6_address(first), prefix))
        .collect();
    let oracle = Oracle::new(&wide);
    for address in edges(&wide, u128::MAX) {
        let expected = oracle.contains(address);
        let address = v6_address(address);
        assert_eq!(set.contains(address), expected, "{address}");
    }
}

/// The addresses at which an answer could go wrong, as far as they exist.
fn edges(blocks: &[(u128, u32)], highest: u128) -> Vec<u128> {
    let ends = |&(first, bits): &(u128, u32)| [first, last(first, bits)];
    blocks
        .iter()
        .flat_map(ends)
        .chain([0, highest])
        .flat_map(|end| [end.checked_sub(1), Some(end), end.checked_add(1)])
        .flatten()
        .filter(|&address| address <= highest)
        .collect()
}

fn last(first: u128, bits: u32) -> u128 {
    first | u128::MAX.checked_shr(128 - bits).unwrap_or(0)
}

/// Of the blocks that begin at or below an address, one that goes farthest.
struct Oracle(Vec<(u128, u128)>);

impl Oracle {
    fn new(blocks: &[(u128, u32)]) -> Self {
        let mut farthest: Vec<_> = blocks
            .iter()
            .map(|&(first, bits)| (first, last(first, bits)))
            .collect();
        farthest.sort_unstable();
        let mut most = 0;
        for (_, last) in &mut farthest {
            most = most.max(*last);
            *last = most;
        }
        Self(farthest)
    }

    fn contains(&self, address: u128) -> bool {
        let begun = self.0.partition_point(|&(first, _)| first <= address);
        begun > 0 && address <= self.0[begun - 1].1
    }
}

/// Blocks of few distinct bits, so that they overlap, nest and touch.
fn crowds(most: usize) -> impl Strategy<Value = Vec<Cidr>> {
    let v4 = (any::<u8>(), 0..=15_u32, 0..=32_u8).prop_map(|(high, low, prefix)| {
        cidr(v4_address((u32::from(high & 3) << 30) | low), prefix)
    });
    let v6 = (any::<u8>(), 0..=15_u128, 0..=128_u8).prop_map(|(high, low, prefix)| {
        let middle = u128::from((high >> 2) & 3) << 62;
        cidr(
            v6_address((u128::from(high & 3) << 126) | middle | low),
            prefix,
        )
    });
    proptest::collection::vec(prop_oneof![v4, v6], 0..most)
}

/// Blocks anywhere, and some that hold a large part of all.
fn spread(most: usize) -> impl Strategy<Value = Vec<Cidr>> {
    let v4 = (any::<u32>(), 1..=32_u8).prop_map(|(bits, prefix)| cidr(v4_address(bits), prefix));
    let v6 = (any::<u128>(), 1..=128_u8).prop_map(|(bits, prefix)| cidr(v6_address(bits), prefix));
    proptest::collection::vec(prop_oneof![v4, v6], 0..most)
}

fn naive(cidrs: &[Cidr], address: IpAddr) -> bool {
    let address = address.to_canonical();
    cidrs.iter().any(|cidr| {
        cidr.first().is_ipv4() == address.is_ipv4()
            && cidr.first() <= address
            && address <= cidr.last()
    })
}

fn around(address: IpAddr) -> [IpAddr; 3] {
    match address {
        IpAddr::V4(v4) => [-1, 0, 1].map(|step| v4_address(v4.to_bits().wrapping_add_signed(step))),
        IpAddr::V6(v6) => [-1, 0, 1].map(|step| v6_address(v6.to_bits().wrapping_add_signed(step))),
    }
}

proptest! {
    #[test]
    fn agrees_with_a_scan_at_every_edge(cidrs in prop_oneof![crowds(12), crowds(60), spread(60)]) {
        let set: AddressSet = cidrs.iter().copied().collect();
        for address in cidrs.iter().flat_map(|cidr| [cidr.first(), cidr.last()]).flat_map(around) {
            prop_assert_eq!(set.contains(address), naive(&cidrs, address), "{}", address);
        }
    }

    #[test]
    fn agrees_with_a_scan_anywhere(cidrs in spread(60), v4: u32, v6: u128) {
        let set: AddressSet = cidrs.iter().copied().collect();
        for address in [v4_address(v4), v6_address(v6), v6_address((0xffff << 32) | u128::from(v4))] {
            prop_assert_eq!(set.contains(address), naive(&cidrs, address), "{}", address);
        }
    }
}
