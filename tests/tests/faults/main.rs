//! What the filter does in a real Envoy when something goes wrong.
#![cfg(test)]

mod addresses;
mod control;
mod death;
mod documents;
mod lease;
mod local_reply;
mod odd_bytes;
mod replicas;
mod retries;
mod token;
mod uploads;
mod without_etcd;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use intermission_corpus::Observed;
use intermission_testkit::envoy::Envoy;
use intermission_testkit::http::get;
use intermission_testkit::{Scripted, eventually};
use serde_json::json;

/// A document that refuses all requests or none, with some testers.
fn state(revision: u64, mode: &str) -> Scripted {
    let allowlist = json!({ "enabled": true, "cidrs": ["203.0.113.0/24"] });
    Scripted::state(
        revision,
        &json!({ "maintenance": mode, "allowlist": allowlist }),
    )
}

/// An address at which no process listens.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

/// What is in force by the answer to a request: a revision that refuses, or nothing.
async fn in_force(envoy: &Envoy) -> Option<u64> {
    let answer = envoy.answer(&get("/")).await;
    let revision = revision(&answer);
    assert_eq!(
        answer.status,
        if revision.is_some() { 503 } else { 200 },
        "{answer:?}\n{}",
        envoy.log()
    );
    revision
}

/// The revision in the marker of a refusal.
fn revision(answer: &Observed) -> Option<u64> {
    let marker = std::str::from_utf8(answer.header("intermission")?).unwrap();
    marker
        .strip_prefix("refused;revision=")
        .map(|revision| revision.parse().unwrap())
}

/// Waits until Envoy has logged this.
async fn says(envoy: &Envoy, what: &str) {
    eventually(what, async || envoy.log().contains(what)).await;
}

/// That no VM had to be made anew.
async fn no_vm_died(envoy: &Envoy) {
    assert!(
        !envoy.log().contains("Uncaught RuntimeError"),
        "{}",
        envoy.log()
    );
    for stat in [
        "vm_reload_success",
        "vm_reload_failure",
        "vm_reload_backoff",
    ] {
        let name = format!("wasm.intermission.{stat}");
        assert_eq!(envoy.metric(&name).await.unwrap_or(0), 0, "{name}");
    }
}

/// Waits until the state is in force in every worker; as each connection goes to the next, a few in a row suffice.
async fn until_in_force(envoy: &Envoy, revision: Option<u64>) {
    eventually(&format!("{revision:?} in force"), async || {
        for _ in 0..4 {
            if in_force(envoy).await != revision {
                return false;
            }
        }
        true
    })
    .await;
}
