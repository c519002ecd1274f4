use alloc::boxed::Box;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::net::IpAddr;

use crate::Cidr;

/// A set of addresses, built once and asked often.
///
/// IPv4 and IPv6 are kept apart; an IPv4-mapped IPv6 address is asked for as IPv4.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressSet {
    v4: Ranges<u32>,
    v6: Ranges<u128>,
}

impl AddressSet {
    /// Whether the set holds `address`.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address.to_canonical() {
            IpAddr::V4(address) => self.v4.contains(address.to_bits()),
            IpAddr::V6(address) => self.v6.contains(address.to_bits()),
        }
    }

    /// Whether the set holds no address at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.0.is_empty() && self.v6.0.is_empty()
    }
}

impl FromIterator<Cidr> for AddressSet {
    fn from_iter<I: IntoIterator<Item = Cidr>>(cidrs: I) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for cidr in cidrs {
            match (cidr.first(), cidr.last()) {
                (IpAddr::V4(first), IpAddr::V4(last)) => {
                    v4.push((first.to_bits().into(), last.to_bits().into()));
                }
                (IpAddr::V6(first), IpAddr::V6(last)) => {
                    v6.push((first.to_bits(), last.to_bits()));
                }
                _ => {}
            }
        }
        Self {
            v4: Ranges::new(v4),
            v6: Ranges::new(v6),
        }
    }
}

/// Inclusive ranges, sorted, no two of which overlap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ranges<T>(Box<[(T, T)]>);

impl<T: Copy + Ord + TryFrom<u128>> Ranges<T> {
    /// Both families come as wide numbers, so that the code for sorting is there once; and a heap
    /// sorts with little of it.
    fn new(ranges: Vec<(u128, u128)>) -> Self {
        let mut ranges = BinaryHeap::from(ranges).into_sorted_vec();
        ranges.dedup_by(|next, kept| {
            let overlaps = next.0 <= kept.1;
            if overlaps {
                kept.1 = kept.1.max(next.1);
            }
            overlaps
        });
        let narrow =
            |(first, last): (u128, u128)| Some((first.try_into().ok()?, last.try_into().ok()?));
        Self(ranges.into_iter().filter_map(narrow).collect())
    }

    fn contains(&self, address: T) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= address);
        after
            .checked_sub(1)
            .and_then(|index| self.0.get(index))
            .is_some_and(|(_, last)| address <= *last)
    }
}

#[cfg(test)]
mod tests {
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
    }

    /// Blocks of few distinct bits, so that they overlap, nest and touch.
    fn cidrs() -> impl Strategy<Value = Vec<Cidr>> {
        let v4 = (any::<u8>(), 0..=3_u32, 0..=32_u8).prop_map(|(high, low, prefix)| {
            net(
                IpAddr::from((u32::from(high & 3) << 30 | low).to_be_bytes()),
                prefix,
            )
        });
        let v6 = (any::<u8>(), 0..=3_u128, 0..=128_u8).prop_map(|(high, low, prefix)| {
            net(
                IpAddr::from((u128::from(high & 3) << 126 | low).to_be_bytes()),
                prefix,
            )
        });
        proptest::collection::vec(prop_oneof![v4, v6], 0..12)
    }

    fn net(address: IpAddr, prefix: u8) -> Cidr {
        let text = alloc::format!("{}", IpNet::new(address, prefix).unwrap().trunc());
        text.parse()
            .unwrap_or_else(|_| Cidr::from(IpAddr::from([0, 0, 0, 0])))
    }

    fn naive(cidrs: &[Cidr], address: IpAddr) -> bool {
        let nets = cidrs
            .iter()
            .map(|cidr| cidr.to_string().parse::<IpNet>().unwrap());
        nets.into_iter()
            .any(|net| net.contains(&address.to_canonical()))
    }

    fn around(address: IpAddr) -> [IpAddr; 3] {
        match address {
            IpAddr::V4(v4) => {
                [-1, 0, 1].map(|step| IpAddr::V4(v4.to_bits().wrapping_add_signed(step).into()))
            }
            IpAddr::V6(v6) => {
                [-1, 0, 1].map(|step| IpAddr::V6(v6.to_bits().wrapping_add_signed(step).into()))
            }
        }
    }

    use alloc::string::ToString;

    proptest! {
        #[test]
        fn agrees_with_a_scan_at_every_edge(cidrs in cidrs()) {
            let set: AddressSet = cidrs.iter().copied().collect();
            for address in cidrs.iter().flat_map(|cidr| [cidr.first(), cidr.last()]).flat_map(around) {
                prop_assert_eq!(set.contains(address), naive(&cidrs, address), "{}", address);
            }
        }

        #[test]
        fn agrees_with_a_scan_anywhere(cidrs in cidrs(), v4: u32, v6: u128) {
            let set: AddressSet = cidrs.iter().copied().collect();
            for address in [IpAddr::V4(v4.into()), IpAddr::V6(v6.into())] {
                prop_assert_eq!(set.contains(address), naive(&cidrs, address), "{}", address);
            }
        }
    }
}
