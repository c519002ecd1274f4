use std::net::IpAddr;

use intermission_core::Cidr;

/// An address as a number; the family is known from elsewhere.
pub(super) fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// The first and the last address of every block, sorted, with what touches or overlaps made one.
pub(super) fn merged(cidrs: &[Cidr]) -> Vec<(u128, u128)> {
    let mut ranges: Vec<_> = cidrs
        .iter()
        .map(|cidr| (number(cidr.first()), number(cidr.last())))
        .collect();
    ranges.sort_unstable();
    ranges.dedup_by(|next, kept| {
        let touches = next.0 <= kept.1.saturating_add(1);
        if touches {
            kept.1 = kept.1.max(next.1);
        }
        touches
    });
    ranges
}

/// Whether one of the [`merged`] ranges holds `address`: the answer that all are held to.
pub(super) fn hold(ranges: &[(u128, u128)], address: u128) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= address);
    after > 0 && address <= ranges[after - 1].1
}
