use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::Input;

/// Something that tells whether a set of blocks holds an address.
#[derive(Clone, Copy, Debug)]
pub struct Contender {
    /// The name in the ids of benches.
    pub name: &'static str,
    /// The most blocks at which it is worth the time.
    pub most: usize,
    /// Compiles the set, from blocks to something that answers.
    pub build: fn(&Input) -> Box<dyn Built>,
}

/// A set that a contender has compiled.
pub trait Built {
    /// How many of the keys are in the set. Each is asked for only once the answer before is known.
    fn hits(&self, keys: &[IpAddr]) -> u64;
}

struct Chain<F>(F);

/// Makes a contender of a function that answers for one address.
pub(super) fn built<F: Fn(IpAddr) -> bool + 'static>(contains: F) -> Box<dyn Built> {
    Box::new(Chain(contains))
}

impl<F: Fn(IpAddr) -> bool> Built for Chain<F> {
    fn hits(&self, keys: &[IpAddr]) -> u64 {
        // Nothing, which neither the compiler nor the processor knows: so the next address depends on the answer.
        let nothing = black_box([0_u64; 2]);
        let mut answer = 0;
        let mut hits = 0;
        for key in keys {
            let [high, low] = nothing.map(|nothing| nothing & answer);
            let address = match key {
                IpAddr::V4(key) => Ipv4Addr::from_bits(key.to_bits() ^ low as u32).into(),
                IpAddr::V6(key) => {
                    let changed = u128::from(high) << 64 | u128::from(low);
                    Ipv6Addr::from_bits(key.to_bits() ^ changed).into()
                }
            };
            answer = u64::from((self.0)(address));
            hits += answer;
        }
        hits
    }
}

/// The blocks as the type that most crates take.
pub(super) fn nets(input: &Input) -> impl Iterator<Item = IpNet> {
    input.cidrs.iter().map(|cidr| {
        IpNet::new(cidr.first(), cidr.prefix_len()).expect("a block has a fitting prefix")
    })
}

/// The IPv4 address that a set of IPv4 blocks is asked for.
pub(super) fn v4(address: IpAddr) -> Ipv4Addr {
    match address {
        IpAddr::V4(address) => address,
        IpAddr::V6(_) => unreachable!("an IPv4 set is asked for IPv4 addresses"),
    }
}

/// The IPv6 address that a set of IPv6 blocks is asked for.
pub(super) fn v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V6(address) => address,
        IpAddr::V4(_) => unreachable!("an IPv6 set is asked for IPv6 addresses"),
    }
}
