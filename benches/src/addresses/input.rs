use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use intermission_core::Cidr;

use super::ranges::{hold, merged, number};
use crate::Random;

/// What kind of blocks a set is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// IPv4: single addresses to /16, spread over what is unicast.
    V4,
    /// IPv4 of companies: a quarter each in 10/8, 192.168/16 and 172.16/12, the last anywhere.
    V4Private,
    /// IPv6: single addresses to /32, in the sixteen bits that registries really give out.
    V6,
}

/// A set of blocks, and addresses to ask it for.
#[derive(Clone, Debug)]
pub struct Input {
    /// What kind of blocks these are.
    pub family: Family,
    /// The blocks, all different, in no order.
    pub cidrs: Vec<Cidr>,
    /// Addresses in random order, half of which are in the set.
    pub keys: Vec<IpAddr>,
    /// How many of the keys are in the set.
    pub hits: u64,
}

impl Family {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::V4, Self::V4Private, Self::V6];

    /// The name in the ids of benches.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V4 => "v4",
            Self::V4Private => "v4-private",
            Self::V6 => "v6",
        }
    }

    /// The sizes at which this kind is looked at.
    #[must_use]
    pub fn sizes(self) -> &'static [usize] {
        match self {
            Self::V4Private => &[100, 1_000, 10_000],
            _ => &[1, 10, 100, 1_000, 10_000, 100_000, 1_000_000],
        }
    }

    /// An address as clients have it, whether a set holds it or not.
    fn address(self, random: &mut Random) -> u128 {
        let drawn = random.next();
        let v4 = match self {
            Self::V6 => {
                let top = REGISTRIES[below(random, REGISTRIES.len())];
                return u128::from(top) << 112
                    | (u128::from(random.next()) << 64 | u128::from(drawn)) >> 16;
            }
            Self::V4Private if drawn >> 62 == 1 => 0x0a00_0000 | drawn & 0x00ff_ffff,
            Self::V4Private if drawn >> 62 == 2 => 0xc0a8_0000 | drawn & 0x0000_ffff,
            Self::V4Private if drawn >> 62 == 3 => 0xac10_0000 | drawn & 0x000f_ffff,
            Self::V4 | Self::V4Private => 0x0100_0000 + (drawn & 0xffff_ffff) % 0xde00_0000,
        };
        u128::from(v4)
    }

    /// How many leading bits a block has.
    fn prefix(self, random: &mut Random) -> u32 {
        let lengths: &[(u64, u32)] = match self {
            Self::V4 => &[
                (40, 32),
                (30, 24),
                (10, 28),
                (8, 22),
                (7, 26),
                (4, 20),
                (1, 16),
            ],
            Self::V4Private => &[(50, 32), (25, 28), (15, 26), (10, 24)],
            Self::V6 => &[(30, 128), (30, 64), (20, 48), (12, 56), (8, 32)],
        };
        let mut drawn = random.next() % 100;
        for (share, length) in lengths {
            if drawn < *share {
                return *length;
            }
            drawn -= share;
        }
        self.bits()
    }

    fn bits(self) -> u32 {
        if self == Self::V6 { 128 } else { 32 }
    }

    fn host(self, address: u128) -> IpAddr {
        match self {
            Self::V6 => Ipv6Addr::from_bits(address).into(),
            _ => Ipv4Addr::from_bits(address as u32).into(),
        }
    }
}

impl Input {
    /// A set of `size` blocks and `keys` addresses; the same every time.
    #[must_use]
    pub fn new(family: Family, size: usize, keys: usize) -> Self {
        let mut random = Random::new(size as u64);
        let mut seen = HashSet::new();
        let mut cidrs = Vec::new();
        while cidrs.len() < size {
            let prefix = family.prefix(&mut random);
            let below = family.bits() - prefix;
            let first = family.address(&mut random) >> below << below;
            if seen.insert((first, prefix)) {
                let text = format!("{}/{prefix}", family.host(first));
                cidrs.push(text.parse().expect("no bits beyond the prefix"));
            }
        }
        let ranges = merged(&cidrs);
        let mut hits = 0;
        let keys = (0..keys)
            .map(|_| {
                let wanted = random.next() >> 63 == 1;
                let address = if wanted {
                    inside(cidrs[below(&mut random, cidrs.len())], &mut random)
                } else {
                    outside(family, &ranges, &mut random)
                };
                hits += u64::from(hold(&ranges, address));
                family.host(address)
            })
            .collect();
        Self {
            family,
            cidrs,
            keys,
            hits,
        }
    }

    /// Whether the first of the keys is in the set.
    #[must_use]
    pub fn first_hits(&self) -> bool {
        hold(&merged(&self.cidrs), number(self.keys[0]))
    }

    /// How many ranges the blocks are, once those that touch are one.
    #[must_use]
    pub fn ranges(&self) -> usize {
        merged(&self.cidrs).len()
    }
}

fn inside(cidr: Cidr, random: &mut Random) -> u128 {
    let (first, last) = (number(cidr.first()), number(cidr.last()));
    let drawn = u128::from(random.next()) << 64 | u128::from(random.next());
    first + (drawn & (last - first))
}

/// A set that leaves out nothing within reach answers yes all the same.
fn outside(family: Family, ranges: &[(u128, u128)], random: &mut Random) -> u128 {
    for _ in 0..64 {
        let address = family.address(random);
        if !hold(ranges, address) {
            return address;
        }
    }
    family.address(random)
}

fn below(random: &mut Random, end: usize) -> usize {
    (random.next() % end as u64) as usize
}

/// Sixteen leading bits under which registries have given out IPv6 addresses.
const REGISTRIES: [u16; 41] = [
    0x2001, 0x2003, 0x2400, 0x2401, 0x2402, 0x2403, 0x2404, 0x2405, 0x2406, 0x2407, 0x2408, 0x2409,
    0x240a, 0x240b, 0x240c, 0x240d, 0x240e, 0x240f, 0x2600, 0x2601, 0x2602, 0x2603, 0x2604, 0x2605,
    0x2606, 0x2607, 0x2608, 0x2609, 0x2620, 0x2800, 0x2801, 0x2802, 0x2803, 0x2804, 0x2a00, 0x2a01,
    0x2a02, 0x2a03, 0x2a04, 0x2a05, 0x2c0f,
];
