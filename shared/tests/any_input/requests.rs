//! Requests made of what parsers look for.

use std::net::IpAddr;
use std::sync::LazyLock;

use intermission_core::{
    ANSWER_HEADERS, CLIENT_HEADERS, HOST_HEADERS, METHOD_HEADERS, PATH_HEADERS, PROTOCOL_HEADERS,
    Peer, RequestView,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

pub(crate) type Lines = Vec<(String, Vec<u8>)>;

/// Bytes made of what parsers look for, and of anything.
pub(crate) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces: &[&[u8]] = &[
        b"/",
        b"//",
        b".",
        b"..",
        b"%2e",
        b"%2F",
        b"%5c",
        b"%25",
        b"%",
        b"%c3%a9",
        b"%ff",
        b";",
        b"\\",
        b"?",
        b"#",
        b"*",
        b" ",
        b"\t",
        b"\0",
        b"\r\n",
        b"shop",
        b"api",
        b"SHOP",
        b"healthz",
        b"/healthz",
        b"/.well-known/acme-challenge/",
        b"\xc3\xa9",
        b"\xff",
        b"\xe3\x81",
        b"shop.example",
        b":",
        b"443",
        b"[",
        b"]",
        b"::1",
        b"@",
        b"203.0.113.5",
        b"10.0.0.1",
        b"198.51.100.7",
        b"2001:db8::5",
        b"::ffff:203.0.113.5",
        b"for=",
        b"by=",
        b"proto=https",
        b"\"",
        b"\\\"",
        b",",
        b", ",
        b"=",
        b"unknown",
        b"_hidden",
        b"text/html",
        b"application/json",
        b"*/*",
        b"q=0.5",
        b"q=1",
        b"q=",
        b"ja",
        b"de",
        b"-",
        b"en",
        b"application/grpc",
        b"+proto",
        b"application/connect+",
        b"connect=v1",
        b"navigate",
        b"cors",
        b"https://app.example",
        b"null",
        b"GET",
        b"websocket",
    ];
    let piece = prop_oneof![
        8 => select(pieces.to_vec()).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 0..4),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

pub(crate) fn method() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&[u8]] = &[
        b"GET", b"HEAD", b"OPTIONS", b"POST", b"CONNECT", b"TRACE", b"get", b"",
    ];
    prop_oneof![4 => select(known.to_vec()).prop_map(<[u8]>::to_vec), 1 => bytes()]
}

/// Headers on which it depends how a request is refused, but never whether.
pub(crate) const FORGEABLE: [&str; 18] = [
    "accept",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "authorization",
    "connect-protocol-version",
    "content-type",
    "cookie",
    "hx-current-url",
    "hx-request",
    "origin",
    "referer",
    "sec-fetch-mode",
    "te",
    "x-forwarded-proto",
    "x-maintenance-bypass",
    "x-middleware-subrequest",
    "x-requested-with",
];

/// Headers on which it may depend whether a request is refused.
pub(crate) static WEIGHTY: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tables = [
        &METHOD_HEADERS[..],
        &PATH_HEADERS,
        &HOST_HEADERS,
        &CLIENT_HEADERS,
        &PROTOCOL_HEADERS,
    ];
    let names = tables.concat();
    let spellings = names.iter().map(|name| name.replace('-', "_"));
    let known = names.iter().map(|name| (*name).into());
    known.chain(spellings).chain(["host".into()]).collect()
});

pub(crate) fn lines<N: AsRef<str>>(names: &[N]) -> impl Strategy<Value = Lines> + use<N> {
    let names: Vec<String> = names.iter().map(|name| name.as_ref().into()).collect();
    vec((select(names), bytes()), 0..6)
}

pub(crate) fn any_lines() -> impl Strategy<Value = Lines> {
    (lines(&FORGEABLE), lines(&WEIGHTY))
        .prop_map(|(forgeable, weighty)| [forgeable, weighty].concat())
}

#[derive(Clone, Debug)]
pub(crate) struct Wire {
    pub(crate) method: Vec<u8>,
    pub(crate) path: Vec<u8>,
    pub(crate) authority: Option<Vec<u8>>,
    pub(crate) protocol: Option<Vec<u8>>,
    pub(crate) client: Option<IpAddr>,
    pub(crate) peer: Peer,
}

impl Wire {
    pub(crate) fn with<'a>(&'a self, lines: &'a Lines) -> RequestView<'a, [(String, Vec<u8>)]> {
        RequestView {
            authority: self.authority.as_deref(),
            protocol: self.protocol.as_deref(),
            client: self.client,
            peer: self.peer,
            ..RequestView::new(&self.method, &self.path, lines)
        }
    }
}

pub(crate) fn address() -> impl Strategy<Value = IpAddr> {
    let known = [
        "203.0.113.5",
        "198.51.100.7",
        "10.0.0.1",
        "2001:db8::5",
        "::1",
    ];
    let known: Vec<IpAddr> = known.map(|text| text.parse().unwrap()).to_vec();
    prop_oneof![
        select(known),
        any::<u32>().prop_map(|bits| IpAddr::V4(bits.into())),
        any::<u128>().prop_map(|bits| IpAddr::V6(bits.into())),
    ]
}

pub(crate) fn wire() -> impl Strategy<Value = Wire> {
    use proptest::option::of;

    let ends = (of(address()), of(address()));
    (method(), bytes(), of(bytes()), of(bytes()), ends).prop_map(
        |(method, path, authority, protocol, (client, peer))| Wire {
            method,
            path,
            authority,
            protocol,
            client,
            peer: peer.map_or(Peer::Unknown, Peer::Address),
        },
    )
}

#[test]
fn every_header_on_which_an_answer_depends_is_tried() {
    for name in ANSWER_HEADERS {
        assert!(
            FORGEABLE.contains(&name) || WEIGHTY.iter().any(|known| known == name),
            "{name}"
        );
    }
}
