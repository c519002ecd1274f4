use alloc::vec::Vec;
use core::net::IpAddr;

use crate::address::cidr::Cidr;

mod changes;
mod directory;
mod ranges;
mod spread;
#[cfg(test)]
mod tests;

use changes::Changes;
use ranges::Ranges;

/// A set of addresses, built once and asked often.
///
/// IPv4 and IPv6 are kept apart; an IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) is asked for as IPv4.
///
/// Each family is the sorted list of addresses after which membership changes. How many of them are below an address
/// tells whether it is a member: whether that number is odd. A directory finds the few that are near it, and adapts
/// to how many there are and how they are spread, so that asking takes two or three reads of memory and next to no
/// branch that depends on the address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressSet {
    v4: V4,
    v6: Ranges<u128>,
}

/// Large sets are kept as lower halves only, in slots that share the upper half: so more of them is in the caches.
#[derive(Clone, Debug, PartialEq, Eq)]
enum V4 {
    Whole(Ranges<u32>),
    Halves(Ranges<u16>),
}

/// From how many changes on halves are smaller: they need a directory of up to 65,536 slots.
const HALVES: usize = 1 << 15;

/// Whether less memory and code count for more than speed: every thread of Envoy holds a copy of both.
const FRUGAL: bool = cfg!(target_family = "wasm");

impl AddressSet {
    /// Whether the set holds `address`.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.contain(address.to_bits()),
            IpAddr::V6(address) => {
                let bits = address.to_bits();
                if bits >> 32 == 0xffff {
                    self.v4.contain(bits as u32)
                } else {
                    self.v6.contain((bits >> 64) as u64, bits)
                }
            }
        }
    }

    /// Whether the set holds no address at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v6.is_empty()
            && match &self.v4 {
                V4::Whole(ranges) => ranges.is_empty(),
                V4::Halves(ranges) => ranges.is_empty(),
            }
    }
}

impl FromIterator<Cidr> for AddressSet {
    fn from_iter<I: IntoIterator<Item = Cidr>>(cidrs: I) -> Self {
        let mut blocks = Blocks::default();
        for cidr in cidrs {
            blocks.push(cidr);
        }
        blocks.compile()
    }
}

/// First and last address of every block.
#[derive(Default)]
struct Blocks {
    v4: Vec<[u128; 2]>,
    v6: Vec<[u128; 2]>,
}

impl Blocks {
    fn push(&mut self, cidr: Cidr) {
        match (cidr.first(), cidr.last()) {
            (IpAddr::V4(first), IpAddr::V4(last)) => {
                self.v4
                    .push([first.to_bits().into(), last.to_bits().into()]);
            }
            (IpAddr::V6(first), IpAddr::V6(last)) => {
                self.v6.push([first.to_bits(), last.to_bits()]);
            }
            _ => {}
        }
    }

    fn compile(self) -> AddressSet {
        AddressSet {
            v4: V4::new(Changes::of(self.v4, u32::MAX.into())),
            v6: Ranges::new(Changes::of(self.v6, u128::MAX)),
        }
    }
}

impl V4 {
    fn new(changes: Changes) -> Self {
        if FRUGAL || changes.sorted.len() < HALVES {
            Self::Whole(Ranges::new(changes))
        } else {
            Self::Halves(Ranges::new(changes))
        }
    }

    #[inline]
    fn contain(&self, bits: u32) -> bool {
        match self {
            Self::Whole(ranges) => ranges.contain(bits.into(), bits),
            Self::Halves(_) if FRUGAL => false,
            Self::Halves(ranges) => ranges.contain(bits.into(), bits as u16),
        }
    }
}

impl Default for V4 {
    fn default() -> Self {
        Self::Whole(Ranges::default())
    }
}
