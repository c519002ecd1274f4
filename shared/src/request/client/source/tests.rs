use alloc::string::ToString;
use alloc::vec::Vec;
use core::num::NonZeroU8;

use super::*;

fn proxies(cidrs: &[&str]) -> TrustedProxies {
    TrustedProxies::new(cidrs.iter().map(|cidr| cidr.parse().unwrap()).collect())
}

fn trusted() -> TrustedProxies {
    proxies(&["10.0.0.0/8", "2001:db8:10::/48"])
}

fn hop_count(count: u8) -> HopCount {
    HopCount::new(NonZeroU8::new(count).unwrap())
}

/// Each case has the peer, the lines of the header divided by `|`, and the client.
#[track_caller]
fn check(source: &ClientSource, header: &str, cases: &str) {
    for case in cases.trim_matches('\n').lines() {
        let (asked, expected) = case.split_once(" → ").unwrap();
        let (peer, lines) = asked.split_once(": ").unwrap();
        let peer = match peer {
            "unix" => Peer::Unix,
            peer => peer.parse().map_or(Peer::Unknown, Peer::Address),
        };
        let lines = lines.split('|').filter(|_| lines != "none");
        let lines: Vec<_> = lines.map(|line| (header, line)).collect();
        let client = source.resolve(peer, lines.as_slice());
        let client = client.map_or("unknown".into(), |client| client.to_string());
        assert_eq!(client, expected, "{case}");
    }
}

#[test]
fn x_forwarded_for_is_read_from_the_right_over_all_lines() {
    let cases = "
198.51.100.7: 203.0.113.5 → 198.51.100.7
10.0.0.1: 203.0.113.5 → 203.0.113.5
::ffff:10.0.0.1: 203.0.113.5 → 203.0.113.5
10.0.0.1: 203.0.113.5, 198.51.100.7, 10.0.0.2 → 198.51.100.7
10.0.0.1: 203.0.113.5|198.51.100.7|10.0.0.2 → 198.51.100.7
10.0.0.1: 203.0.113.5, garbage → unknown
10.0.0.1: 203.0.113.5, → unknown
10.0.0.1: garbage, 203.0.113.5 → 203.0.113.5
10.0.0.1: 10.0.0.3, 10.0.0.2 → unknown
10.0.0.1: none → unknown
";
    let source = ClientSource::XForwardedFor(trusted());
    check(&source, "X-Forwarded-For", cases);
}

#[test]
fn forwarded_is_read_like_x_forwarded_for() {
    let cases = r#"
10.0.0.1: for=203.0.113.5 → 203.0.113.5
10.0.0.1: For="203.0.113.5:80";proto=https;by=10.0.0.9 → 203.0.113.5
10.0.0.1: for=203.0.113.5 ; proto=http , for="[2001:db8::5]:4711" → 2001:db8::5
10.0.0.1: for=203.0.113.5|for="[2001:db8:10::1]" → 203.0.113.5
10.0.0.1: for=203.0.113.5, for=unknown → unknown
10.0.0.1: for=203.0.113.5, for=_hidden → unknown
10.0.0.1: for=203.0.113.5, proto=http → unknown
10.0.0.1: for=203.0.113.5, for=198.51.100.7;for=203.0.113.5 → unknown
10.0.0.1: for=203.0.113.5;x="|for=198.51.100.7 → unknown
10.0.0.1: for=203.0.113.5;x=", for="198.51.100.7" → unknown
10.0.0.1: for=203.0.113.5;x="\", for=198.51.100.7" → 203.0.113.5
10.0.0.1: for="203.0.113.5 → unknown
10.0.0.1: for=[2001:db8::5]:4711;proto=https → 2001:db8::5
10.0.0.1: for=203.0.113.5; → 203.0.113.5
10.0.0.1: ;for=203.0.113.5 → 203.0.113.5
10.0.0.1: for=203.0.113.5;;proto=https → 203.0.113.5
10.0.0.1: for=203.0.113.5 ; ; proto=https → 203.0.113.5
10.0.0.1: for=203.0.113.5, , for=10.1.1.1 → 203.0.113.5
10.0.0.1: for=203.0.113.5, → 203.0.113.5
10.0.0.1: ,for=203.0.113.5 → 203.0.113.5
10.0.0.1: for=203.0.113.5|| ,  → 203.0.113.5
10.0.0.1: for=203.0.113.5, ; → unknown
10.0.0.1: for=203.0.113.5;proto=https http → unknown
10.0.0.1: for=203.0.113.5 for=203.0.113.5 → unknown
10.0.0.1: for=203.0.113.5;host=a;host=b → unknown
10.0.0.1: ; → unknown
10.0.0.1: for → unknown
10.0.0.1: none → unknown
"#;
    check(&ClientSource::Forwarded(trusted()), "Forwarded", cases);
}

#[test]
fn a_named_header_is_read_once_and_from_trusted_peers_only() {
    let cases = "
10.0.0.1: 203.0.113.5 → 203.0.113.5
198.51.100.7: 203.0.113.5 → 198.51.100.7
10.0.0.1: 203.0.113.5|203.0.113.5 → unknown
10.0.0.1: 203.0.113.5, 203.0.113.6 → unknown
10.0.0.1: 10.0.0.2 → unknown
10.0.0.1: none → unknown
";
    let source = ClientSource::Header("x-real-ip".into(), trusted());
    check(&source, "X-Real-IP", cases);
    let lines = [("X-Real-IP", "203.0.113.5"), ("x-real-ip", "203.0.113.5")];
    let peer = Peer::Address([10, 0, 0, 1].into());
    assert_eq!(source.resolve(peer, lines.as_slice()), None);
}

#[test]
fn unix_sockets_are_trusted_only_if_named() {
    let resolve = |trusted, case| {
        check(
            &ClientSource::XForwardedFor(trusted),
            "x-forwarded-for",
            case,
        );
    };
    resolve(trusted(), "unix: 203.0.113.5 → unknown");
    let named = trusted().with_unix_sockets();
    resolve(named, "unix: 203.0.113.5 → 203.0.113.5");
}

fn check_hops(hops: HopCount, cases: &str) {
    check(&ClientSource::HopCount(hops), "X-Forwarded-For", cases);
}

#[test]
fn the_client_is_as_many_hops_from_the_right_as_there_are_proxies() {
    let two = "
35.191.0.1: 203.0.113.5,34.120.9.9 → 203.0.113.5
35.191.0.1: 198.51.100.7|203.0.113.5||34.120.9.9 → 203.0.113.5
unknown: 203.0.113.5,34.120.9.9 → unknown
";
    check_hops(hop_count(2), two);
    let one = "35.191.0.1: 203.0.113.5,34.120.9.9 → 34.120.9.9";
    check_hops(hop_count(1), one);
}

#[test]
fn an_address_equal_to_the_peer_counts_if_the_node_appends_none() {
    let two = "
127.0.0.1: 203.0.113.5, 127.0.0.1 → 203.0.113.5
127.0.0.1: 203.0.113.5, 198.51.100.7, 127.0.0.1 → 198.51.100.7
";
    check_hops(hop_count(2), two);
    let one = "198.51.100.7: 203.0.113.5, 198.51.100.7 → 198.51.100.7";
    check_hops(hop_count(1), one);
}

#[test]
fn the_appended_peer_does_not_count() {
    let cases = "
35.191.0.1: 198.51.100.7, 203.0.113.5, 34.120.9.9,35.191.0.1 → 203.0.113.5
::ffff:35.191.0.1: 198.51.100.7, 203.0.113.5, 34.120.9.9,35.191.0.1 → 203.0.113.5
10.0.0.1: 203.0.113.5, 198.51.100.7, 10.0.0.1, 10.0.0.1 → 198.51.100.7
35.191.0.1: 203.0.113.5, 35.191.0.1 → unknown
";
    check_hops(hop_count(2).with_peer_appended(), cases);
}

#[test]
fn without_the_appended_peer_the_client_is_unknown() {
    let cases = "
35.191.0.1: 203.0.113.5, 34.120.9.9 → unknown
35.191.0.1:  → unknown
unknown: 203.0.113.5, 34.120.9.9, 35.191.0.1 → unknown
127.0.0.1: 203.0.113.5, 34.120.9.9, 172.17.0.2 → unknown
127.0.0.1: 203.0.113.5, 34.120.9.9, 127.0.0.1 → unknown
::1: 203.0.113.5, 34.120.9.9, ::1 → unknown
unix: 203.0.113.5, 34.120.9.9 → 203.0.113.5
";
    check_hops(hop_count(2).with_peer_appended(), cases);
}

#[test]
fn too_few_or_bad_hops_are_unknown() {
    let cases = "
35.191.0.1: none → unknown
35.191.0.1:  → unknown
35.191.0.1: 203.0.113.5 → unknown
35.191.0.1: 203.0.113.5, unknown → unknown
35.191.0.1: unknown, 34.120.9.9 → unknown
35.191.0.1: 203.0.113.5, 34.120.9.9,  → unknown
";
    check_hops(hop_count(2), cases);
}

#[test]
fn a_peer_that_is_not_trusted_is_itself_the_client() {
    let cases = "
35.191.0.1: 203.0.113.5, 34.120.9.9 → 203.0.113.5
198.51.100.7: 203.0.113.5, 34.120.9.9 → 198.51.100.7
unknown: 203.0.113.5, 34.120.9.9 → unknown
35.191.0.1: 35.191.0.2, 34.120.9.9 → unknown
";
    let peers = proxies(&["35.191.0.0/16"]);
    check_hops(hop_count(2).with_trusted_peers(peers), cases);
}
