mod contexts;
mod drain;
mod endpoints;
mod lease;
mod polling;
mod report;
mod requests;
mod slots;
mod start;
mod unread;

use std::time::Duration;

use intermission_core::{Pass, PassDigest, State};

use crate::config::Config;
use crate::host::{Fake, Host as _, NotSent};
use crate::request::{Action, Rest};
use crate::vm::{Root, TICK};

const CONFIG: &str = r#"{ "cluster": "control", "path": "/state", "token": "t", "start_wait": 2 }"#;

fn root(host: &Fake, identity: u64) -> Root<Fake> {
    root_of(host, CONFIG, identity)
}

fn configured(host: &Fake, more: &str) -> Root<Fake> {
    let json = format!(r#"{{ "cluster": "control", "path": "/state", {more} }}"#);
    root_of(host, &json, host.random())
}

fn root_of(host: &Fake, json: &str, identity: u64) -> Root<Fake> {
    let config = Config::parse(json.as_bytes(), |_| None).unwrap();
    Root::new(host.clone(), config, 1, identity)
}

fn document(revision: u64, mode: &str) -> Vec<u8> {
    format!(
        r#"{{ "version": 1, "store": "S", "service": "shop", "revision": {revision}, "maintenance": "{mode}",
              "allowlist": {{ "enabled": true, "cidrs": ["203.0.113.0/24"] }} }}"#
    )
    .into_bytes()
}

/// The endpoint answers the poll of `root`.
fn answer(host: &Fake, root: &mut Root<Fake>, status: u16, body: Vec<u8>) {
    let etag = ("etag".into(), format!("\"{}\"", body.len()));
    host.own.borrow_mut().response = Some((status, vec![etag], body));
    root.answered();
}

/// The action for a request of `path` with a client.
fn request(host: &Fake, root: &mut Root<Fake>, path: &str, client: &str) -> Action {
    see(host, path, client);
    host.own.borrow_mut().effective = 9;
    root.request(9, Rest::Nothing)
}

/// Whether a state is in force, so that no request is held.
fn has_policy(root: &Root<Fake>) -> bool {
    root.plugin().request(9, Rest::Nothing) != Action::Hold
}

/// The request that the host shows.
fn see(host: &Fake, path: &str, client: &str) {
    let mut own = host.own.borrow_mut();
    let headers = [
        (":method", "GET"),
        (":path", path),
        (":authority", "shop.example"),
    ];
    own.headers = headers
        .map(|(name, value)| (name.into(), value.into()))
        .into();
    own.properties
        .insert("source\0address".into(), client.into());
}

/// The endpoint answers the poll of `root` with the document of this revision.
fn tell(host: &Fake, root: &mut Root<Fake>, revision: u64, mode: &str) {
    tell_document(host, root, revision, document(revision, mode));
}

fn tell_document(host: &Fake, root: &mut Root<Fake>, revision: u64, document: Vec<u8>) {
    let etag = ("etag".into(), format!("\"S/{revision}\""));
    host.own.borrow_mut().response = Some((200, vec![etag], document));
    root.answered();
}

/// The endpoint holds the poll and answers 304, so that the next poll is sent at once.
fn hold(host: &Fake, root: &mut Root<Fake>) {
    host.pass(TICK);
    let applied = ("preference-applied".into(), "wait".into());
    host.own.borrow_mut().response = Some((304, vec![applied], Vec::new()));
    root.answered();
}

/// The value of this parameter in the last report; the item itself has no name.
fn reported(host: &Fake, parameter: &str) -> Option<String> {
    let report = host.polled_with("intermission-node")?;
    let mut members = report.split(';');
    if parameter.is_empty() {
        return members.next().map(Into::into);
    }
    members.find_map(|member| {
        let (name, value) = member.split_once('=')?;
        (name == parameter).then(|| value.into())
    })
}

/// An admitted, running request.
fn admit(host: &Fake, root: &mut Root<Fake>, context: u32, path: &str, client: &str) {
    see(host, path, client);
    host.own.borrow_mut().effective = context;
    assert_eq!(
        root.request(context, Rest::Nothing),
        Action::Continue,
        "{path} {client}"
    );
}

fn in_maintenance(host: &Fake) -> Root<Fake> {
    let mut root = root(host, 1);
    root.tick();
    answer(host, &mut root, 200, document(3, "all"));
    root
}
