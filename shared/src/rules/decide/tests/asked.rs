//! Requests that the rules are tried with.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::request::{
    CLIENT_HEADERS, HOST_HEADERS, Headers, METHOD_HEADERS, PATH_HEADERS, PROTOCOL_HEADERS, Peer,
    RequestView,
};

/// A request.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) lines: Vec<(String, String)>,
    pub(super) peer: Peer,
    pub(super) client: Option<IpAddr>,
}

impl Asked {
    pub(super) fn view<'a, H: ?Sized + Headers>(&'a self, headers: &'a H) -> RequestView<'a, H> {
        RequestView {
            authority: Some(b"shop.example"),
            peer: self.peer,
            client: self.client,
            ..RequestView::new(self.method.as_bytes(), self.path.as_bytes(), headers)
        }
    }
}

/// A header of the tables in one of its spellings, or one that decides nothing.
fn line() -> impl Strategy<Value = (String, String)> {
    let weighty = [
        &METHOD_HEADERS[..],
        &PATH_HEADERS,
        &HOST_HEADERS,
        &CLIENT_HEADERS,
        &PROTOCOL_HEADERS,
    ]
    .concat();
    let known = select(weighty).prop_flat_map(|name| {
        select(alloc::vec![
            name.into(),
            name.to_ascii_uppercase(),
            name.replace('-', "_"),
            name.replace('-', "."),
            format!("{name}s"),
        ])
    });
    let other =
        select(&["host", "accept", "cookie", "x-other", "te", ""][..]).prop_map(String::from);
    let values = [
        "",
        "h2c",
        "H2C, x",
        "websocket",
        "/",
        "/a",
        "/a/b",
        "/shop",
        "blog.example",
        "shop.example",
        "10.0.0.1",
        "for=10.0.0.1",
        "POST",
    ];
    let values = select(values.to_vec()).prop_map(String::from);
    prop_oneof![
        4 => (prop_oneof![3 => known, 1 => other], values),
        1 => select(presented().to_vec()),
    ]
}

/// The ways to present a pass, the last of which is another one.
fn presented() -> [(String, String); 3] {
    [
        ("Intermission-Pass".into(), PASS.into()),
        (
            "cookie".into(),
            format!("a=b; __Host-intermission-pass={PASS}"),
        ),
        ("intermission-pass".into(), OTHER_PASS.into()),
    ]
}

pub(super) const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
pub(super) const OTHER_PASS: &str = "imp_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

pub(super) fn asked() -> impl Strategy<Value = Asked> {
    let methods = [
        "GET", "HEAD", "OPTIONS", "POST", "SEARCH", "DELETE", "TRACE", "CONNECT", "get", "",
    ];
    let paths = [
        "/", "/?x", "/a", "/a?x", "/a/", "/a/b", "/a/../b", "/ab", "/b/", "/shop", "/shop/a",
        "/SHOP", "/healthz", "//a", "*", "", "/%61",
    ];
    let addresses = [[10, 0, 0, 1], [192, 0, 2, 1]].map(IpAddr::from);
    let peers = [
        Peer::Address(addresses[0]),
        Peer::Address(addresses[1]),
        Peer::Unix,
        Peer::Unknown,
    ];
    let clients = [Some(addresses[0]), Some(addresses[1]), None];
    (
        select(methods.to_vec()),
        select(paths.to_vec()),
        vec(line(), 0..4),
        select(peers.to_vec()),
        select(clients.to_vec()),
    )
        .prop_map(|(method, path, lines, peer, client)| Asked {
            method,
            path,
            lines,
            peer,
            client,
        })
}
