use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::server::listen::Endpoints;
use intermission_core::HostName;

/// The names that control answers to, and how they are written in an origin.
#[derive(Clone, Debug)]
pub(crate) struct HostNames {
    scheme: &'static str,
    /// Whether only this machine reaches control.
    reach: Reach,
    more: Vec<HostName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Loopback,
    Beyond,
}

impl HostNames {
    /// Of a control that listens on `address`; `more` are those that the operator gave it.
    pub(crate) fn new(scheme: &'static str, address: SocketAddr, more: Vec<HostName>) -> Self {
        let reach = if address.ip().is_loopback() {
            Reach::Loopback
        } else {
            Reach::Beyond
        };
        Self {
            scheme,
            reach,
            more,
        }
    }

    /// Whether an authority, with any port, is this control's: a name that the operator gave it, or an
    /// address that no DNS answers for. A page can rebind its own name to this machine, but not these.
    pub(crate) fn know(&self, authority: &str, ends: Endpoints) -> bool {
        let Some(host) = host(authority) else {
            return false;
        };
        let given = |name: &HostName| name.as_str().eq_ignore_ascii_case(host);
        let on_loopback = self.reach == Reach::Loopback || ends.are_loopback();
        self.more.iter().any(given)
            || match literal(host) {
                None => on_loopback && host.eq_ignore_ascii_case("localhost"),
                Some(ip) => Some(ip) == ends.local || (on_loopback && ip.is_loopback()),
            }
    }

    /// Whether `origin` is the one of pages from this `authority`.
    pub(crate) fn is_origin(&self, origin: &[u8], authority: &str) -> bool {
        let own = format!("{}://{authority}", self.scheme);
        origin.eq_ignore_ascii_case(own.as_bytes())
    }

    /// The names, for the refusal of another one.
    pub(crate) fn described(&self) -> String {
        let own = match self.reach {
            Reach::Loopback => "localhost and loopback addresses",
            Reach::Beyond => "the address that a connection has come to",
        };
        if self.more.is_empty() {
            return own.to_owned();
        }
        let more: Vec<_> = self.more.iter().map(HostName::as_str).collect();
        format!("{own} and to {}", more.join(", "))
    }
}

/// The name that an authority has, for an operator to give to control.
pub(crate) fn suggested(authority: &str) -> Option<HostName> {
    host(authority)?.to_ascii_lowercase().parse().ok()
}

/// The host of an authority, in brackets if it is IPv6; none where its port is odd.
fn host(authority: &str) -> Option<&str> {
    let (host, port) = match authority.rsplit_once(':') {
        // The colon of an IPv6 literal without a port stands before its bracket.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port_is_odd = port.is_some_and(|port| port.parse::<u16>().is_err());
    (!port_is_odd).then_some(host)
}

/// The address that a host is, if it is written as one.
fn literal(host: &str) -> Option<IpAddr> {
    let six = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match six {
        Some(six) => six.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(address: &str, more: &[&str]) -> HostNames {
        let more = more.iter().map(|name| name.parse().unwrap()).collect();
        HostNames::new("https", address.parse().unwrap(), more)
    }

    fn local(address: &str) -> Endpoints {
        Endpoints {
            local: Some(address.parse().unwrap()),
            peer: None,
        }
    }

    #[test]
    fn on_loopback_only_loopback_names_are_this_server() {
        let names = names("127.0.0.1:7700", &[]);
        let local = local("127.0.0.1");
        for host in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1",
            "127.0.0.1:7700",
            "127.9.9.9",
            "[::1]",
            "[::1]:80",
        ] {
            assert!(names.know(host, local), "{host}");
        }
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "127.0.0.1@example.com",
            "user@localhost",
            "localhost:",
            "localhost:x",
            "localhost:70000",
            "localhost.",
            "10.0.0.1",
            "0.0.0.0",
            "[::]",
            "[::ffff:127.0.0.1]",
            "::1",
            "[::1",
            "127.1",
            "2130706433",
            "localhost:80:80",
            "localhost/",
        ] {
            assert!(!names.know(host, local), "{host}");
        }
    }

    #[test]
    fn beyond_loopback_only_given_names_and_the_address_that_was_asked_are() {
        let names = names("0.0.0.0:7700", &["control.example", "192.0.2.9"]);
        for (host, asked, known) in [
            ("control.example", "192.0.2.1", true),
            ("CONTROL.example:7700", "192.0.2.1", true),
            ("192.0.2.9:7700", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.2", "192.0.2.1", false),
            ("[2001:db8::1]:7700", "2001:db8::1", true),
            ("[2001:DB8:0::1]", "2001:db8::1", true),
            ("127.0.0.1", "192.0.2.1", false),
            ("localhost", "192.0.2.1", false),
            ("other.control.example", "192.0.2.1", false),
            ("control.example.", "192.0.2.1", false),
            ("control.example:x", "192.0.2.1", false),
        ] {
            assert_eq!(names.know(host, local(asked)), known, "{host} at {asked}");
        }
        assert!(!names.know("192.0.2.1", Endpoints::unknown()));
    }

    #[test]
    fn over_loopback_a_control_that_listens_beyond_it_answers_to_loopback_names_too() {
        let names = names("0.0.0.0:7700", &[]);
        let ends = |local: &str, peer: &str| Endpoints {
            local: Some(local.parse().unwrap()),
            peer: Some(peer.parse().unwrap()),
        };
        for (host, local, peer, known) in [
            ("localhost:7700", "127.0.0.1", "127.0.0.1", true),
            ("localhost", "::1", "::1", true),
            ("127.0.0.2", "127.0.0.1", "127.0.0.1", true),
            ("[::1]:7700", "::1", "::1", true),
            // A page that rebinds its own name has that name in Host.
            ("evil.example", "127.0.0.1", "127.0.0.1", false),
            ("localhost.evil.example", "127.0.0.1", "127.0.0.1", false),
            // A port that is mapped, as of a container.
            ("localhost", "172.17.0.2", "172.17.0.1", false),
            ("127.0.0.1", "172.17.0.2", "172.17.0.1", false),
            ("localhost", "127.0.0.1", "192.0.2.1", false),
        ] {
            let ends = ends(local, peer);
            assert_eq!(names.know(host, ends), known, "{host} at {ends:?}");
        }
    }

    #[test]
    fn a_name_is_suggested_without_its_port() {
        for (authority, name) in [
            ("localhost:7700", Some("localhost")),
            ("Control.Example", Some("control.example")),
            ("a b", None),
            ("", None),
        ] {
            let suggested = suggested(authority);
            assert_eq!(
                suggested.as_ref().map(HostName::as_str),
                name,
                "{authority}"
            );
        }
    }

    #[test]
    fn a_name_that_the_operator_gave_counts_on_loopback_too() {
        let names = names("127.0.0.1:7700", &["control.example"]);
        assert!(names.know("control.example", local("127.0.0.1")));
        assert!(names.know("localhost", local("127.0.0.1")));
    }

    #[test]
    fn an_origin_has_the_scheme_and_the_port() {
        let names = names("127.0.0.1:7700", &[]);
        for (origin, own) in [
            ("https://localhost:7700", true),
            ("HTTPS://LOCALHOST:7700", true),
            ("http://localhost:7700", false),
            ("https://localhost", false),
            ("null", false),
        ] {
            assert_eq!(
                names.is_origin(origin.as_bytes(), "localhost:7700"),
                own,
                "{origin}"
            );
        }
    }
}
