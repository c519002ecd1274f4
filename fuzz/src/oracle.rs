//! The decision as the specification has it, one entry and one header after the other.
//!
//! It is slow, allocates, and shares with the core only how two paths are compared.

use std::net::IpAddr;

use intermission_core::{HostPattern, Kind, Mode, Pass, PassDigest, Peer, naive, parse_address};
use serde_json::Value;

use crate::asked::{
    exactly, is_clear, is_rerouted, named_hosts, path, requested_host, single, values,
};
use crate::case::{Case, NOW};
use crate::forwarded::{Element, elements};
use crate::weights::html_and_json;

const METHOD_HEADERS: [&str; 3] = [
    "x-http-method-override",
    "x-http-method",
    "x-method-override",
];
const ADDRESS_HEADERS: [&str; 4] = [
    "x-forwarded-for",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
];

/// The name of the rule that decides, and the kind of the answer where it refuses.
#[must_use]
pub fn decide(case: &Case<'_>) -> (&'static str, Option<Kind>) {
    if case.now.state.maintenance == Mode::Off {
        ("open", None)
    } else if is_out_of_scope(case) {
        ("out-of-scope", None)
    } else if case.now.state.maintenance == Mode::Writes
        && (only_reads(case) || is_listed_to_read(case))
    {
        ("read-only", None)
    } else if is_exempt(case) {
        ("exempt", None)
    } else if is_probe(case) {
        ("probe", None)
    } else if is_allowlisted(case) {
        ("allowlisted", None)
    } else if has_pass(case) {
        ("pass", None)
    } else {
        ("refused", Some(kind(case)))
    }
}

fn is_out_of_scope(case: &Case<'_>) -> bool {
    let scope = &case.now.state.scope;
    let is_tunnel = case.method == b"CONNECT" && case.protocol.is_none();
    let path = path(case);
    let covered = || scope.paths.iter().any(|entry| naive::covers(entry, path));
    let outside_by_path = !scope.paths.is_empty() && !is_tunnel && is_clear(path) && !covered();
    let listed = |host: &String| is_among(host, &scope.hosts);
    let hosts = named_hosts(case);
    let outside_by_host = !scope.hosts.is_empty()
        && hosts
            .iter()
            .all(|host| host.as_ref().is_some_and(|host| !listed(host)));
    (outside_by_path || outside_by_host) && !is_rerouted(case)
}

fn only_reads(case: &Case<'_>) -> bool {
    let safe = [b"GET".as_slice(), b"HEAD", b"OPTIONS"].contains(&case.method);
    safe && keeps_method_and_protocol(case)
}

fn keeps_method_and_protocol(case: &Case<'_>) -> bool {
    values(case, &METHOD_HEADERS).is_empty() && !upgrades(case)
}

fn is_listed_to_read(case: &Case<'_>) -> bool {
    let methods = [
        b"POST".as_slice(),
        b"QUERY",
        b"SEARCH",
        b"REPORT",
        b"PROPFIND",
    ];
    let path = path(case);
    let mut entries = case.now.state.reads.paths.iter();
    methods.contains(&case.method)
        && naive::is_plain(path)
        && entries.any(|entry| naive::reads(entry, path))
        && keeps_method_and_protocol(case)
        && !is_rerouted(case)
}

fn is_among(host: &str, patterns: &[HostPattern]) -> bool {
    patterns
        .iter()
        .any(|entry| naive::is_host(entry, host.as_bytes()))
}

fn is_exempt(case: &Case<'_>) -> bool {
    let path = path(case);
    let mut entries = case.now.state.exempt.paths.iter();
    let by_path = naive::is_plain(path) && entries.any(|entry| naive::exempts(entry, path));
    let listed = &case.now.state.exempt.hosts;
    let is_listed =
        |host: &Option<String>| host.as_ref().is_some_and(|host| is_among(host, listed));
    let by_host = !listed.is_empty() && named_hosts(case).iter().all(is_listed);
    (by_path || by_host) && !is_rerouted(case)
}

fn is_probe(case: &Case<'_>) -> bool {
    let path = path(case);
    let Peer::Address(peer) = case.peer else {
        return false;
    };
    let peer = peer.to_canonical();
    let probers = case.now.document["exempt"]["probers"].as_array();
    let listed = probers.into_iter().flatten().any(|prober| {
        let covers = |cidr: &str| cidr.parse().is_ok_and(|cidr| has(cidr, peer));
        prober["cidr"].as_str().is_some_and(covers)
            && list(&prober["paths"])
                .iter()
                .any(|listed| listed.as_bytes() == path)
    });
    let is_peer = |address: &[u8]| parse_address(address) == Some(peer);
    let addresses = values(case, &ADDRESS_HEADERS);
    let addresses = addresses
        .iter()
        .filter(|line| !line.trim_ascii().is_empty());
    let mut addresses = addresses.flat_map(|line| line.split(|byte| *byte == b','));
    let forwarded = values(case, &["forwarded"]);
    let only_peer = |elements: Option<Vec<Element<'_>>>| {
        let mut elements = elements.into_iter().flatten();
        elements.all(|element| element.client.is_some_and(is_peer))
    };
    listed
        && naive::is_plain(path)
        && only_reads(case)
        && !is_rerouted(case)
        && addresses.all(is_peer)
        && forwarded
            .iter()
            .all(|line| elements(line).is_some() && only_peer(elements(line)))
        && values(case, &["via"]).is_empty()
}

fn is_allowlisted(case: &Case<'_>) -> bool {
    let allowlist = &case.now.state.allowlist;
    let client = case.view().client;
    let listed = |client: IpAddr| allowlist.cidrs.iter().any(|cidr| has(*cidr, client));
    allowlist.enabled && client.is_some_and(listed)
}

fn has_pass(case: &Case<'_>) -> bool {
    let is = |name: &str, known: &str| name.eq_ignore_ascii_case(known);
    let mut presented = Vec::new();
    for (name, value) in &case.headers {
        if is(name, "intermission-pass") {
            presented.push(*value);
        } else if is(name, "cookie") {
            let pairs = value.split(|byte| *byte == b';').map(<[u8]>::trim_ascii);
            presented
                .extend(pairs.filter_map(|pair| pair.strip_prefix(b"__Host-intermission-pass=")));
        }
    }
    let [pass] = presented[..] else {
        return false;
    };
    let is_pass = pass.len() == 47
        && pass.starts_with(b"imp_")
        && pass[4..]
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte));
    let allowlist = &case.now.state.allowlist;
    let counts = |known: &Pass| known.sha256 == PassDigest::of(pass) && !known.has_ended(NOW);
    is_pass && allowlist.enabled && allowlist.passes.iter().any(counts)
}

fn kind(case: &Case<'_>) -> Kind {
    let api = &case.now.state.api;
    let path = path(case);
    let by_path = is_clear(path) && api.paths.iter().any(|entry| naive::covers(entry, path));
    let host = requested_host(case);
    let by_host = host.is_some_and(|host| is_among(&host, &api.hosts));
    let content_type = single(case, "content-type").unwrap_or_default();
    if content_type == b"application/grpc" || content_type.starts_with(b"application/grpc+") {
        return Kind::Grpc;
    }
    let query = case.path.get(path.len() + 1..).unwrap_or_default();
    let gets = case.method == b"GET" || case.protocol.is_some();
    let connect_get = gets
        && query
            .split(|byte| *byte == b'&')
            .any(|pair| pair == b"connect=v1");
    let called = content_type.starts_with(b"application/connect+")
        || content_type.starts_with(b"application/grpc-web")
        || !exactly(case, "connect-protocol-version").is_empty()
        || connect_get;
    let upgrade = exactly(case, "upgrade");
    let upgrades = !upgrade.is_empty() && !asks_for_h2c(&upgrade);
    if by_path || by_host || called || upgrades || case.method == b"CONNECT" {
        return Kind::Api;
    }
    let mode = single(case, "sec-fetch-mode");
    if mode == Some(b"navigate") {
        return Kind::Page;
    }
    let scripted = mode.is_some() || !exactly(case, "x-requested-with").is_empty();
    let reading = [b"GET".as_slice(), b"HEAD"].contains(&case.method);
    let [html, json] = html_and_json(&exactly(case, "accept"));
    if html > json || (html == json && !scripted && reading) {
        Kind::Page
    } else {
        Kind::Api
    }
}

fn upgrades(case: &Case<'_>) -> bool {
    !values(case, &["upgrade"]).is_empty() && !asks_for_h2c(&exactly(case, "upgrade"))
}

fn asks_for_h2c(lines: &[&[u8]]) -> bool {
    matches!(lines, [line] if line.trim_ascii().eq_ignore_ascii_case(b"h2c"))
}

/// Whether a line of `Upgrade` has HTTP/2 on the same connection among its members.
#[must_use]
pub fn names_h2c(case: &Case<'_>) -> bool {
    let lines = exactly(case, "upgrade");
    let mut members = lines
        .iter()
        .flat_map(|line| line.split(|byte| *byte == b','));
    members.any(|member| member.trim_ascii().eq_ignore_ascii_case(b"h2c"))
}

fn list(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// Whether a block has an address.
#[must_use]
pub fn has(cidr: intermission_core::Cidr, address: IpAddr) -> bool {
    let (first, last) = (cidr.first(), cidr.last());
    first.is_ipv4() == address.is_ipv4() && (first..=last).contains(&address)
}
