use alloc::string::ToString;
use alloc::vec::Vec;

use super::*;

fn trusted() -> TrustedProxies {
    TrustedProxies::new(
        ["10.0.0.0/8", "2001:db8:10::/48"]
            .iter()
            .map(|cidr| cidr.parse().unwrap())
            .collect(),
    )
}

#[track_caller]
fn check(source: ClientSource, peer: &str, lines: &[(&str, &str)], expected: Option<&str>) {
    let client = source.resolve(Peer::Address(peer.parse().unwrap()), lines);
    assert_eq!(
        client.map(|client| client.to_string()).as_deref(),
        expected,
        "{lines:?}"
    );
}

#[test]
fn x_forwarded_for_is_read_from_the_right_over_all_lines() {
    let walk = |peer, values: &[&'static str], expected| {
        let lines: Vec<_> = values
            .iter()
            .map(|value| ("X-Forwarded-For", *value))
            .collect();
        check(
            ClientSource::XForwardedFor(trusted()),
            peer,
            &lines,
            expected,
        );
    };
    walk("198.51.100.7", &["203.0.113.5"], Some("198.51.100.7"));
    walk("10.0.0.1", &["203.0.113.5"], Some("203.0.113.5"));
    walk("::ffff:10.0.0.1", &["203.0.113.5"], Some("203.0.113.5"));
    walk(
        "10.0.0.1",
        &["203.0.113.5, 198.51.100.7, 10.0.0.2"],
        Some("198.51.100.7"),
    );
    walk(
        "10.0.0.1",
        &["203.0.113.5", "198.51.100.7", "10.0.0.2"],
        Some("198.51.100.7"),
    );
    walk("10.0.0.1", &["203.0.113.5, garbage"], None);
    walk("10.0.0.1", &["203.0.113.5,"], None);
    walk("10.0.0.1", &["garbage, 203.0.113.5"], Some("203.0.113.5"));
    walk("10.0.0.1", &["10.0.0.3, 10.0.0.2"], None);
    walk("10.0.0.1", &[], None);
}

#[test]
fn forwarded_is_read_like_x_forwarded_for() {
    let walk = |values: &[&'static str], expected| {
        let lines: Vec<_> = values.iter().map(|value| ("Forwarded", *value)).collect();
        check(
            ClientSource::Forwarded(trusted()),
            "10.0.0.1",
            &lines,
            expected,
        );
    };
    walk(&["for=203.0.113.5"], Some("203.0.113.5"));
    walk(
        &["For=\"203.0.113.5:80\";proto=https;by=10.0.0.9"],
        Some("203.0.113.5"),
    );
    walk(
        &["for=203.0.113.5 ; proto=http , for=\"[2001:db8::5]:4711\""],
        Some("2001:db8::5"),
    );
    walk(
        &["for=203.0.113.5", "for=\"[2001:db8:10::1]\""],
        Some("203.0.113.5"),
    );
    walk(&["for=203.0.113.5, for=unknown"], None);
    walk(&["for=203.0.113.5, for=_hidden"], None);
    walk(&["for=203.0.113.5, proto=http"], None);
    walk(&["for=203.0.113.5, for=198.51.100.7;for=203.0.113.5"], None);
    walk(&["for=203.0.113.5;x=\"", "for=198.51.100.7"], None);
    walk(&["for=203.0.113.5;x=\", for=\"198.51.100.7\""], None);
    walk(
        &["for=203.0.113.5;x=\"\\\", for=198.51.100.7\""],
        Some("203.0.113.5"),
    );
    walk(&["for=\"203.0.113.5"], None);
    walk(&["for=[2001:db8::5]:4711;proto=https"], Some("2001:db8::5"));
    for line in [
        "for=203.0.113.5;",
        ";for=203.0.113.5",
        "for=203.0.113.5;;proto=https",
        "for=203.0.113.5 ; ; proto=https",
        "for=203.0.113.5, , for=10.1.1.1",
        "for=203.0.113.5,",
        ",for=203.0.113.5",
    ] {
        walk(&[line], Some("203.0.113.5"));
    }
    walk(&["for=203.0.113.5", "", " , "], Some("203.0.113.5"));
    walk(&["for=203.0.113.5, ;"], None);
    walk(&["for=203.0.113.5;proto=https http"], None);
    walk(&["for=203.0.113.5 for=203.0.113.5"], None);
    walk(&["for=203.0.113.5;host=a;host=b"], None);
    walk(&[";"], None);
    walk(&["for"], None);
    walk(&[], None);
}

#[test]
fn a_named_header_is_read_once_and_from_trusted_peers_only() {
    let header = || ClientSource::Header("x-real-ip".into(), trusted());
    check(
        header(),
        "10.0.0.1",
        &[("X-Real-IP", "203.0.113.5")],
        Some("203.0.113.5"),
    );
    check(
        header(),
        "198.51.100.7",
        &[("X-Real-IP", "203.0.113.5")],
        Some("198.51.100.7"),
    );
    check(
        header(),
        "10.0.0.1",
        &[("X-Real-IP", "203.0.113.5"), ("x-real-ip", "203.0.113.5")],
        None,
    );
    check(
        header(),
        "10.0.0.1",
        &[("X-Real-IP", "203.0.113.5, 203.0.113.6")],
        None,
    );
    check(header(), "10.0.0.1", &[("X-Real-IP", "10.0.0.2")], None);
    check(header(), "10.0.0.1", &[], None);
}

#[test]
fn unix_sockets_are_trusted_only_if_named() {
    let lines = [("x-forwarded-for", "203.0.113.5")];
    let resolve =
        |trusted| ClientSource::XForwardedFor(trusted).resolve(Peer::Unix, lines.as_slice());
    assert_eq!(resolve(trusted()), None);
    assert!(resolve(trusted().with_unix_sockets()).is_some());
}
