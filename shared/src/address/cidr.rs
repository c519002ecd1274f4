use alloc::boxed::Box;
use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;

use ipnet::{IpNet, Ipv4Net};
use serde::{Serialize, Serializer};

/// A canonical block of addresses, such as `203.0.113.0/24`.
///
/// A bare address is a block of one. An address range has exactly one spelling: bits beyond the
/// prefix are refused, and IPv4 is never written as IPv4-mapped IPv6 (RFC 4291, section 2.5.5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cidr(IpNet);

impl Cidr {
    /// The lowest address of the block.
    #[must_use]
    pub fn first(self) -> IpAddr {
        self.0.network()
    }

    /// The highest address of the block.
    #[must_use]
    pub fn last(self) -> IpAddr {
        match self.0 {
            IpNet::V4(net) => IpAddr::V4(net.broadcast()),
            IpNet::V6(net) => IpAddr::V6(net.broadcast()),
        }
    }

    /// The blocks that contain this one, from the widest to itself.
    pub fn around(self) -> impl Iterator<Item = Self> {
        let wider = move |bits| IpNet::new(self.first(), bits).ok();
        (0..=self.prefix_len()).filter_map(move |bits| Some(Self(wider(bits)?.trunc())))
    }

    /// Whether this block contains the `other` block.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        let same_family = self.first().is_ipv4() == other.first().is_ipv4();
        same_family && self.first() <= other.first() && other.last() <= self.last()
    }

    /// The number of leading bits that all addresses of the block share.
    #[must_use]
    pub fn prefix_len(self) -> u8 {
        self.0.prefix_len()
    }
}

impl FromStr for Cidr {
    type Err = ParseCidrError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |kind| ParseCidrError {
            text: text.into(),
            kind,
        };
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        if address.contains('%') {
            return Err(refuse(Kind::Zone));
        }
        let address: IpAddr = address.parse().map_err(|_| refuse(Kind::Address))?;
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            None => widest,
            Some(digits) => parse_prefix(digits)
                .filter(|bits| *bits <= widest)
                .ok_or_else(|| refuse(Kind::Prefix { widest }))?,
        };
        let net = IpNet::new(address, prefix).map_err(|_| refuse(Kind::Prefix { widest }))?;
        if let Some(plain) = unmapped(net) {
            return Err(refuse(Kind::Mapped(plain)));
        }
        if net.trunc() != net {
            return Err(refuse(Kind::HostBits(Self(net.trunc()))));
        }
        Ok(Self(net))
    }
}

impl From<IpAddr> for Cidr {
    fn from(address: IpAddr) -> Self {
        Self(IpNet::from(address.to_canonical()))
    }
}

/// A block of one address is written as that address, without a prefix.
impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The reason why a text is not a [`Cidr`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseCidrError {
    text: Box<str>,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Address,
    Prefix { widest: u8 },
    HostBits(Cidr),
    Mapped(Cidr),
    Zone,
}

impl ParseCidrError {
    /// The block that the text probably means.
    #[must_use]
    pub fn suggestion(&self) -> Option<Cidr> {
        match self.kind {
            Kind::HostBits(cidr) | Kind::Mapped(cidr) => Some(cidr),
            _ => None,
        }
    }
}

impl fmt::Display for ParseCidrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = &self.text;
        match &self.kind {
            Kind::Address => write!(
                f,
                "{text:?} is not an address or CIDR; write it like 203.0.113.0/24 or 2001:db8::/32"
            ),
            Kind::Prefix { widest } => write!(
                f,
                "{text:?} needs a prefix length from 0 to {widest} after the slash"
            ),
            Kind::HostBits(cidr) => {
                write!(
                    f,
                    "{text:?} has bits beyond its prefix; did you mean {cidr}?"
                )
            }
            Kind::Mapped(cidr) => {
                write!(f, "{text:?} is IPv4 written as IPv6; did you mean {cidr}?")
            }
            Kind::Zone => write!(
                f,
                "{text:?} names a zone, which means nothing on another machine; leave out the part from the percent sign"
            ),
        }
    }
}

impl core::error::Error for ParseCidrError {}

fn parse_prefix(digits: &str) -> Option<u8> {
    let canonical = digits == "0" || !digits.starts_with('0');
    let numeric = digits.bytes().all(|byte| byte.is_ascii_digit());
    (canonical && numeric)
        .then(|| digits.parse().ok())
        .flatten()
}

/// The IPv4 block of an IPv4-mapped IPv6 block.
fn unmapped(net: IpNet) -> Option<Cidr> {
    let IpNet::V6(net) = net else { return None };
    let mapped = net.addr().to_ipv4_mapped()?;
    let prefix = net.prefix_len().checked_sub(96)?;
    let plain = Ipv4Net::new(mapped, prefix).ok()?;
    Some(Cidr(IpNet::V4(plain.trunc())))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use core::net::Ipv6Addr;

    use super::*;

    #[track_caller]
    fn refused(text: &str) -> alloc::string::String {
        text.parse::<Cidr>().unwrap_err().to_string()
    }

    #[test]
    fn a_bare_address_is_a_block_of_one() {
        for (text, written) in [
            ("203.0.113.5", "203.0.113.5"),
            ("2001:DB8::5", "2001:db8::5"),
        ] {
            assert_eq!(text.parse::<Cidr>().unwrap().to_string(), written);
        }
    }

    #[test]
    fn a_block_has_a_lowest_and_a_highest_address() {
        let all: Cidr = "0.0.0.0/0".parse().unwrap();
        assert_eq!(all.first(), IpAddr::from([0, 0, 0, 0]));
        assert_eq!(all.last(), IpAddr::from([255, 255, 255, 255]));
        let all: Cidr = "::/0".parse().unwrap();
        assert_eq!(all.first(), IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        assert_eq!(all.last(), IpAddr::V6(Ipv6Addr::from_bits(u128::MAX)));
    }

    #[test]
    fn every_refusal_names_the_text_and_the_remedy() {
        let cases = r#"
"10.0.0.1/8" has bits beyond its prefix; did you mean 10.0.0.0/8?
"::ffff:10.1.2.3/104" is IPv4 written as IPv6; did you mean 10.0.0.0/8?
"10.0.0.0/33" needs a prefix length from 0 to 32 after the slash
"fe80::1%eth0" names a zone, which means nothing on another machine; leave out the part from the percent sign
"#;
        for refusal in cases.trim().lines() {
            assert_eq!(refused(refusal.split('"').nth(1).unwrap()), refusal);
        }
        for text in [
            "",
            "shop",
            "10.0.0",
            "010.0.0.1",
            "10.0.0.0/",
            "10.0.0.0/+8",
            "10.0.0.0/08",
            "10.0.0.0/8/8",
            " 10.0.0.1",
            "10.0.0.*",
        ] {
            assert!(
                refused(text).contains(&alloc::format!("{text:?}")),
                "{text}"
            );
        }
    }
}
