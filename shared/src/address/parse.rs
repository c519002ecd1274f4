use core::net::{IpAddr, Ipv6Addr};

/// Reads an address in the notations of proxies: bare, with a port, or in brackets.
///
/// A text that is an IPv6 address is that address. A text of nine groups, or with a last group that no IPv6 address can have,
/// is an address with a port, as CloudFront and AWS's load balancers write it without brackets.
///
/// An IPv4-mapped IPv6 address is returned as IPv4 (RFC 4291, section 2.5.5.2). A zone is refused, because it has no meaning
/// on another machine.
#[must_use]
pub fn parse_address(text: &[u8]) -> Option<IpAddr> {
    let text = core::str::from_utf8(text.trim_ascii()).ok()?;
    let address = if let Some(rest) = text.strip_prefix('[') {
        let (literal, port) = rest.split_once(']')?;
        let valid = port.is_empty()
            || port
                .strip_prefix(':')
                .is_some_and(|port| is_port(port.as_bytes()));
        IpAddr::V6(literal.parse::<Ipv6Addr>().ok().filter(|_| valid)?)
    } else if let Ok(address) = text.parse() {
        address
    } else {
        let (literal, port) = text
            .rsplit_once(':')
            .filter(|(_, port)| is_port(port.as_bytes()))?;
        // Only an IPv6 address that leaves groups out has room for one more group of four digits.
        let may_be_group = literal.split(':').any(str::is_empty) && port.len() < 5;
        literal.parse().ok().filter(|_| !may_be_group)?
    };
    Some(address.to_canonical())
}

/// Whether the text is a port in decimal digits.
pub(crate) fn is_port(digits: &[u8]) -> bool {
    (1..=5).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn the_notations_of_proxies_are_read() {
        for (text, expected) in [
            ("203.0.113.5", "203.0.113.5"),
            (" 203.0.113.5\t", "203.0.113.5"),
            ("203.0.113.5:4711", "203.0.113.5"),
            ("2001:DB8::5", "2001:db8::5"),
            ("[2001:db8::5]", "2001:db8::5"),
            ("[2001:db8::5]:4711", "2001:db8::5"),
            ("::ffff:203.0.113.5", "203.0.113.5"),
            ("::ffff:cb00:7105", "203.0.113.5"),
            ("[::ffff:203.0.113.5]:80", "203.0.113.5"),
            ("0:0:0:0:0:ffff:203.0.113.5", "203.0.113.5"),
            ("64:ff9b::203.0.113.5", "64:ff9b::cb00:7105"),
            ("2001:db8:0:1:2:3:4:5:443", "2001:db8:0:1:2:3:4:5"),
            (
                "2a02:a33c:4538:1:bcf4:5264:e01c:f215:50718",
                "2a02:a33c:4538:1:bcf4:5264:e01c:f215",
            ),
            ("2001:db8::5:50718", "2001:db8::5"),
            ("2001:db8:::50718", "2001:db8::"),
            ("2001:db8::5:8080", "2001:db8::5:8080"),
            ("0:0:0:0:0:ffff:203.0.113.5:443", "203.0.113.5"),
        ] {
            let address = parse_address(text.as_bytes()).map(|address| address.to_string());
            assert_eq!(address.as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_addresses() {
        for text in [
            "",
            "unknown",
            "_hidden",
            "localhost",
            "203.0.113",
            "203.0.113.5.6",
            "0203.0.113.5",
            "203.0.113.5:",
            "203.0.113.5:x",
            "203.0.113.5:123456",
            "[203.0.113.5]",
            "[2001:db8::5",
            "2001:db8::5]",
            "1::3:4:5:6:7:8:443",
            "2001:db8:0:1:2:3:4:5:443:443",
            "2001:db8:0:1:2:3:4:5:",
            "2001:db8::5:123456",
            "::ffff:203.0.113.5:443",
            "[2001:db8::5]4711",
            "[2001:db8::5]:",
            "fe80::1%eth0",
            "[fe80::1%25eth0]",
            "203.0.113.5 198.51.100.7",
            "203.0.113.5, 198.51.100.7",
            "/run/app.sock",
            "3405803781",
            "0xcb007105",
        ] {
            assert_eq!(parse_address(text.as_bytes()), None, "{text}");
        }
        assert_eq!(parse_address(b"203.0.113.5\xff"), None);
    }
}
