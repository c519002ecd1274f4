//! The set of addresses that an allowlist is compiled to.
//!
//! ```text
//! blocks             10.0.0.0/8            10.64.0.0/10   172.16.0.0/12
//!                    merged with what they touch or overlap
//!
//! changes            9.255.255.255  |  10.255.255.255  |  172.15.255.255  |  172.31.255.255
//!                    sorted; after each one membership changes:
//!                    outside        |  inside          |  outside         |  inside          |  outside
//!
//! root               |  slot 0  |  slot 1  |  slot 2  |  ...  |  all other addresses  |
//!                    slots of equal width, a power of two: address >> shift
//!
//! nodes              a root slot with a crowd is divided once more, by a width of its own
//!
//! starts             the number of changes before each slot; the next number ends the slot
//! ```
//!
//! 1. An address is a member if the number of changes below it is odd (even, if the lowest address is a member).
//! 2. `slot = (address - low) >> shift` finds the changes before the slot and in it: one read of `starts`, and one of a node
//!    where there are nodes.
//! 3. The changes in the slot, four as a rule, are compared at once, without a branch that depends on the address; more than
//!    eight are halved first.
//!
//! [`changes`] sorts and merges, [`spread`] chooses the width of slots, [`directory`] has root, nodes and starts, and [`ranges`]
//! compares. IPv6 addresses go to slots by their upper 64 bits.

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
/// A look-up takes two or three reads of memory, however many blocks the set has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressSet {
    v4: Ranges<u32>,
    v6: Ranges<u128>,
}

impl AddressSet {
    /// Whether the set holds `address`.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.contain_v4(address.to_bits()),
            IpAddr::V6(address) => {
                let bits = address.to_bits();
                if bits >> 32 == 0xffff {
                    self.contain_v4(bits as u32)
                } else {
                    self.v6.contain((bits >> 64) as u64, bits)
                }
            }
        }
    }

    /// Whether the set holds no address at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty()
    }

    fn contain_v4(&self, bits: u32) -> bool {
        self.v4.contain(bits.into(), bits)
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
            v4: Ranges::new(Changes::of(self.v4, u32::MAX.into())),
            v6: Ranges::new(Changes::of(self.v6, u128::MAX)),
        }
    }
}
