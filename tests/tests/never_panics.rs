//! No bytes of a request cause a panic or get it admitted.
#![cfg(not(target_family = "wasm"))]
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test does not expect ends it"
)]

use std::net::IpAddr;
use std::sync::LazyLock;

use intermission_core::{
    ANSWER_HEADERS, CLIENT_HEADERS, Cidr, ClientSource, ExemptPath, HOST_HEADERS, HopCount,
    HostName, Kind, LanguageTag, METHOD_HEADERS, Mode, Origin, PATH_HEADERS, PROTOCOL_HEADERS,
    PathPrefix, Peer, Policy, Reason, RequestView, ServiceName, State, Timestamp, TrustedProxies,
    Verdict, parse_address,
};
use intermission_tests::{Corpus, now};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

type Lines = Vec<(String, Vec<u8>)>;

/// Every policy of the corpus, once.
static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let mut states: Vec<State> = Vec::new();
    for vector in Corpus::load().unwrap().vectors {
        if !states.contains(&vector.state) {
            states.push(vector.state);
        }
    }
    let policies = states.iter().map(|state| Policy::compile(state, now()));
    policies.collect()
});

fn policy(document: &str) -> Policy {
    let state = State::parse(document.as_bytes()).unwrap();
    Policy::compile(&state, now())
}

static CLOSED: LazyLock<Policy> = LazyLock::new(|| {
    policy(r#"{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all" }"#)
});

static SHOP_PATH: LazyLock<Policy> = LazyLock::new(|| {
    policy(
        r#"{ "version": 1, "service": "shop", "revision": 1, "maintenance": "all",
             "exempt": { "paths": [] }, "scope": { "paths": ["/shop/cart"] } }"#,
    )
});

fn trusted() -> TrustedProxies {
    let cidrs: [Cidr; 2] = ["10.0.0.0/8", "2001:db8:10::/48"].map(|cidr| cidr.parse().unwrap());
    TrustedProxies::new(cidrs.into_iter().collect())
}

fn sources() -> [ClientSource; 5] {
    let two = HopCount::new(2.try_into().unwrap());
    [
        ClientSource::HopCount(two.with_trusted_peers(trusted())),
        ClientSource::Peer,
        ClientSource::XForwardedFor(trusted()),
        ClientSource::Forwarded(trusted()),
        ClientSource::Header("x-real-ip".into(), trusted()),
    ]
}

/// Bytes made of what parsers look for, and of anything.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
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

fn method() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&[u8]] = &[
        b"GET", b"HEAD", b"OPTIONS", b"POST", b"CONNECT", b"TRACE", b"get", b"",
    ];
    prop_oneof![4 => select(known.to_vec()).prop_map(<[u8]>::to_vec), 1 => bytes()]
}

/// Headers on which it depends how a request is refused, but never whether.
const FORGEABLE: [&str; 18] = [
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
static WEIGHTY: LazyLock<Vec<String>> = LazyLock::new(|| {
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

#[test]
fn every_header_on_which_an_answer_depends_is_tried() {
    for name in ANSWER_HEADERS {
        assert!(
            FORGEABLE.contains(&name) || WEIGHTY.iter().any(|known| known == name),
            "{name}"
        );
    }
}

fn lines<N: AsRef<str>>(names: &[N]) -> impl Strategy<Value = Lines> + use<N> {
    let names: Vec<String> = names.iter().map(|name| name.as_ref().into()).collect();
    vec((select(names), bytes()), 0..6)
}

fn any_lines() -> impl Strategy<Value = Lines> {
    (lines(&FORGEABLE), lines(&WEIGHTY))
        .prop_map(|(forgeable, weighty)| [forgeable, weighty].concat())
}

#[derive(Clone, Debug)]
struct Wire {
    method: Vec<u8>,
    path: Vec<u8>,
    authority: Option<Vec<u8>>,
    protocol: Option<Vec<u8>>,
    client: Option<IpAddr>,
    peer: Peer,
}

impl Wire {
    fn with<'a>(&'a self, lines: &'a Lines) -> RequestView<'a, [(String, Vec<u8>)]> {
        RequestView {
            authority: self.authority.as_deref(),
            protocol: self.protocol.as_deref(),
            client: self.client,
            peer: self.peer,
            ..RequestView::new(&self.method, &self.path, lines)
        }
    }
}

fn address() -> impl Strategy<Value = IpAddr> {
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

fn wire() -> impl Strategy<Value = Wire> {
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

/// A JSON value whose members have the names that a document's have.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let names = [
        "version",
        "critical",
        "store",
        "service",
        "revision",
        "maintenance",
        "allowlist",
        "enabled",
        "cidrs",
        "scope",
        "hosts",
        "paths",
        "exempt",
        "probers",
        "cidr",
        "api",
        "notice",
        "retry_after_max",
        "title",
        "message",
        "until",
        "retry_after",
        "html",
        "cors_origins",
        "languages",
        "ja",
        "x/~y",
    ];
    let texts = [
        "shop",
        "off",
        "writes",
        "all",
        "203.0.113.0/24",
        "10.0.0.1/8",
        "/api",
        "/healthz",
        "/",
        "shop.example",
        "*",
        "https://app.example",
        "2026-11-23T02:00:00Z",
        "",
        "ja",
        "é\u{0}",
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        Just(1.into()),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        select(texts.to_vec()).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        let name = select(names.to_vec()).prop_map(String::from);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Into::into),
            vec((name, inner), 0..12)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Like [`json`], with what is required, so that more of it is read.
fn document() -> impl Strategy<Value = serde_json::Value> {
    let names = [
        "allowlist",
        "scope",
        "exempt",
        "api",
        "notice",
        "store",
        "critical",
    ];
    let member = (select(names.to_vec()), json());
    vec(member, 0..4).prop_map(|members| {
        let mut document = serde_json::json!({
            "version": 1, "service": "shop", "revision": 3, "maintenance": "all",
        });
        for (name, value) in members {
            document[name] = value;
        }
        document
    })
}

/// Whether a path is plain, as DESIGN.md says it, by searching.
fn naive_plain(path: &[u8]) -> bool {
    let Ok(path) = std::str::from_utf8(path) else {
        return false;
    };
    let clean = path.starts_with('/')
        && !path.contains(['%', ';', '\\', '#'])
        && !path.chars().any(|c| c.is_control() || !c.is_ascii())
        && !path.contains("//");
    clean && !path.split('/').any(|segment| segment.ends_with(['.', ' ']))
}

fn is_admitted(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Admit(_))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_parser_panics(bytes in bytes(), noise in vec(any::<u8>(), 0..64), text: String) {
        for bytes in [&bytes, &noise] {
            let _ = parse_address(bytes);
            let _ = State::parse(bytes);
            let lossy = String::from_utf8_lossy(bytes);
            for text in [&*lossy, &text] {
                let _ = text.parse::<Cidr>().map_err(|error| (error.to_string(), error.suggestion()));
                let _ = text.parse::<HostName>().map_err(|error| error.to_string());
                let _ = text.parse::<ExemptPath>().map_err(|error| error.to_string());
                let _ = text.parse::<PathPrefix>().map_err(|error| error.to_string());
                let _ = text.parse::<Origin>().map_err(|error| error.to_string());
                let _ = text.parse::<LanguageTag>().map_err(|error| error.to_string());
                let _ = text.parse::<ServiceName>().map_err(|error| error.to_string());
                let _ = text.parse::<Mode>().map_err(|error| error.to_string());
                let _ = text.parse::<Timestamp>().map_err(|error| error.to_string());
            }
        }
    }

    #[test]
    fn no_document_panics_and_what_is_read_survives_being_written(document in prop_oneof![document(), json()]) {
        match State::parse(document.to_string().as_bytes()) {
            Ok(state) => {
                let again = State::parse(&state.to_json());
                prop_assert_eq!(again.as_ref(), Ok(&state));
                let _ = Policy::compile(&state, now());
            }
            Err(error) => {
                prop_assert!(!error.reason().is_empty());
                let there = document.pointer(error.pointer()).is_some();
                prop_assert!(there || error.reason() == "is missing", "{}", error);
            }
        }
    }

    #[test]
    fn no_request_panics_and_no_answer_is_broken(wire in wire(), lines in any_lines()) {
        let view = wire.with(&lines);
        for policy in &*POLICIES {
            let decided = policy.decide(&view).verdict;
            let kinds = match decided {
                Verdict::Refuse(kind) => vec![kind],
                Verdict::Admit(_) => vec![Kind::Page, Kind::Api, Kind::Grpc],
            };
            for kind in kinds {
                let reply = policy.reply(kind, &view, 3);
                prop_assert!(matches!(reply.status(), 200 | 204 | 503));
                prop_assert!(wire.method != b"HEAD" || reply.body().is_empty());
                let headers: Vec<_> = reply.headers().collect();
                for (name, value) in &headers {
                    let clean = value.iter().all(|byte| matches!(byte, b' '..=b'~'));
                    prop_assert!(clean, "{}: {}", name, value.escape_ascii());
                    let times = headers.iter().filter(|(known, _)| known == name).count();
                    prop_assert_eq!(times, 1, "{}", name);
                }
                for name in ["retry-after", "cache-control", "intermission", "vary"] {
                    prop_assert!(headers.iter().any(|(known, _)| *known == name), "{}", name);
                }
            }
        }
    }

    #[test]
    fn no_source_panics_and_none_names_a_trusted_proxy(peer in address(), lines in any_lines()) {
        for source in sources() {
            for peer in [Peer::Address(peer), Peer::Unix, Peer::Unknown] {
                let client = source.resolve(peer, lines.as_slice());
                let proxy = client.is_some_and(|client| {
                    let cidrs: [Cidr; 2] = ["10.0.0.0/8", "2001:db8:10::/48"].map(|cidr| cidr.parse().unwrap());
                    cidrs.iter().any(|cidr| (cidr.first()..=cidr.last()).contains(&client))
                });
                prop_assert!(!proxy || source == ClientSource::Peer, "{:?} {:?}", source, client);
                if client.is_some() {
                    prop_assert_eq!(client, client.map(|client| client.to_canonical()));
                }
            }
        }
    }

    #[test]
    fn an_untrusted_peer_is_the_client_whatever_its_headers_say(v4 in 0x0b00_0000_u32.., lines in any_lines()) {
        let peer = IpAddr::V4(v4.into());
        for source in sources() {
            prop_assert_eq!(source.resolve(Peer::Address(peer), lines.as_slice()), Some(peer));
        }
    }

    #[test]
    fn nothing_that_a_client_sends_outweighs_the_hop_that_the_proxy_appends(
        before in vec(bytes(), 0..3), same_line in bytes(), v4 in 0x0b00_0000_u32..
    ) {
        let proxy = Peer::Address("10.0.0.1".parse().unwrap());
        let hop = IpAddr::V4(v4.into());
        for (name, source, spelled, must_be_known) in [
            ("x-forwarded-for", ClientSource::XForwardedFor(trusted()), [format!("{hop}"), format!("{hop}:80")], true),
            ("forwarded", ClientSource::Forwarded(trusted()), [format!("for={hop}"), format!("for=\"{hop}:80\";proto=\"https\"")], false),
        ] {
            for spelled in spelled {
                let sent = before.iter().map(|value| (name, value.clone()));
                let joined = [same_line.as_slice(), b", ", spelled.as_bytes()].concat();
                let appended: Vec<_> = sent.clone().chain([(name, joined)]).collect();
                let added: Vec<_> = sent.chain([(name, same_line.clone()), (name, spelled.into_bytes())]).collect();
                for lines in [appended, added] {
                    let client = source.resolve(proxy, lines.as_slice());
                    prop_assert!(client == Some(hop) || (client.is_none() && !must_be_known), "{:?}", client);
                }
            }
        }
    }

    #[test]
    fn only_a_plain_path_is_exempt(wire in wire(), lines in any_lines()) {
        let wire = Wire { client: None, ..wire };
        if CLOSED.decide(&wire.with(&lines)).verdict == Verdict::Admit(Reason::Exempt) {
            let path = wire.path.split(|byte| *byte == b'?').next().unwrap();
            prop_assert!(naive_plain(path), "{}", path.escape_ascii());
            let whole: [&[u8]; 4] = [b"/healthz", b"/livez", b"/readyz", b"/robots.txt"];
            let folders: [&[u8]; 2] = [b"/.well-known/acme-challenge/", b"/grpc.health.v1.Health/"];
            prop_assert!(whole.contains(&path) || folders.iter().any(|folder| path.starts_with(folder)));
        } else {
            prop_assert!(!is_admitted(CLOSED.decide(&wire.with(&lines)).verdict));
        }
    }

    #[test]
    fn a_forgeable_header_changes_only_how_a_request_is_refused(
        wire in wire(), weighty in lines(&WEIGHTY), one in lines(&FORGEABLE), other in lines(&FORGEABLE)
    ) {
        let one = [weighty.clone(), one].concat();
        let other = [weighty, other].concat();
        for policy in &*POLICIES {
            let (one, other) = (policy.decide(&wire.with(&one)).verdict, policy.decide(&wire.with(&other)).verdict);
            prop_assert_eq!(is_admitted(one), is_admitted(other));
        }
    }

    #[test]
    fn a_header_that_vary_does_not_name_changes_nothing_in_an_answer(wire in wire(), lines in any_lines()) {
        let named = |line: &(String, Vec<u8>)| ANSWER_HEADERS.contains(&&*line.0);
        let named: Lines = lines.iter().filter(|line| named(line)).cloned().collect();
        let answer = |policy: &Policy, lines| {
            let view = wire.with(lines);
            let Verdict::Refuse(kind) = policy.decide(&view).verdict else { return None };
            let reply = policy.reply(kind, &view, 3);
            let headers: Vec<_> = reply.headers().map(|(name, value)| (name, value.to_vec())).collect();
            Some((reply.status(), headers, reply.body().to_vec()))
        };
        // A preflight is answered as one by what it asks for.
        if wire.method != b"OPTIONS" {
            for policy in &*POLICIES {
                let (one, other) = (answer(policy, &lines), answer(policy, &named));
                prop_assert!(one.is_none() || other.is_none() || one == other);
            }
        }
    }

    #[test]
    fn no_header_that_is_added_lets_a_refused_request_in(
        wire in wire(), before in any_lines(), added in any_lines()
    ) {
        // Who sends no host at all may say afterwards that another one is meant.
        let mut before = before;
        before.push(("host".into(), b"shop.example".to_vec()));
        let after = [before.clone(), added].concat();
        for policy in &*POLICIES {
            let refused = !is_admitted(policy.decide(&wire.with(&before)).verdict);
            prop_assert!(!refused || !is_admitted(policy.decide(&wire.with(&after)).verdict));
        }
    }

    #[test]
    fn no_spelling_leads_out_of_a_scope(
        letters in vec((any::<bool>(), any::<bool>()), 8),
        fillers in vec(select(vec!["/", "//", "/;a=1/", "/./", "/x/../", "/%2e/", "/x/%2E%2e/", "/;/"]), 2),
        endings in vec(select(vec!["", ".", "%20", "..", ";v=1", "%3bv", ". "]), 2),
        query in select(vec!["", "?x", "?/../blog", "/more", "/"]),
    ) {
        let mut letters = letters.into_iter();
        let mut path = String::new();
        for ((word, filler), ending) in ["shop", "cart"].iter().zip(fillers).zip(endings) {
            path.push_str(filler);
            for (c, (upper, escaped)) in word.chars().zip(letters.by_ref()) {
                let c = if upper { c.to_ascii_uppercase() } else { c };
                if escaped {
                    path.push_str(&format!("%{:02x}", u32::from(c)));
                } else {
                    path.push(c);
                }
            }
            path.push_str(ending);
        }
        path.push_str(query);
        let none = Lines::new();
        let (method, path) = (b"GET".to_vec(), path.into_bytes());
        let wire = Wire { method, path, authority: None, protocol: None, client: None, peer: Peer::Unknown };
        prop_assert!(!is_admitted(SHOP_PATH.decide(&wire.with(&none)).verdict), "{}", wire.path.escape_ascii());
    }

    #[test]
    fn nobody_is_allowlisted_without_a_known_address(wire in wire(), lines in any_lines()) {
        let wire = Wire { client: None, ..wire };
        for policy in &*POLICIES {
            prop_assert_ne!(policy.decide(&wire.with(&lines)).verdict, Verdict::Admit(Reason::Allowlisted));
        }
    }
}
