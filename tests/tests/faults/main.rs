//! What the filter does in a real Envoy when something goes wrong.
#![cfg(test)]

mod addresses;
mod control;
mod death;
mod documents;
mod lease;
mod local_reply;
mod odd_bytes;
mod retries;
mod token;
mod uploads;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use intermission_corpus::{Observed, Request};
use intermission_tests::over::{Endpoint, Envoy, Scripted, Transport};

/// The longest that anything may take that is not promised to be faster.
const PATIENCE: Duration = Duration::from_secs(40);

/// A document in which the revision tells what is in force: nothing, or everything.
fn state(revision: u64, mode: &str) -> Scripted {
    let document = serde_json::json!({
        "version": 1,
        "store": "01J9ZZZZZZZZZZZZZZZZZZZZZZ",
        "service": "shop",
        "revision": revision,
        "maintenance": mode,
        "allowlist": { "enabled": true, "cidrs": ["203.0.113.0/24"] },
    });
    Scripted::document(revision, document.to_string().into_bytes())
}

/// An endpoint somewhere.
fn endpoint(answer: Scripted) -> Endpoint {
    Endpoint::start(SocketAddr::from(([127, 0, 0, 1], 0)), answer).unwrap()
}

/// An address at which no process listens.
const NOWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 1);

fn get(path: &str) -> Request {
    Request {
        path: path.into(),
        headers: vec![("Host".into(), "shop.example".into())],
        ..Request::default()
    }
}

/// The answer to a request on a connection of its own.
async fn ask(envoy: &Envoy, request: &Request) -> Observed {
    let answer = Transport::Http1.send(envoy.address(), request).await;
    answer.unwrap().unwrap()
}

/// What is in force by the answer to a request: a revision that refuses, or nothing.
async fn in_force(envoy: &Envoy) -> Option<u64> {
    let answer = ask(envoy, &get("/")).await;
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
    until(what, PATIENCE, async || envoy.log().contains(what)).await;
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
        assert_eq!(envoy.metric(&name).await.unwrap().unwrap_or(0), 0, "{name}");
    }
}

/// Waits for a condition.
async fn until(what: &str, longest: Duration, mut holds: impl AsyncFnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < longest, "not within {longest:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

/// Waits until the state is in force in every worker; as each connection goes to the next, a few in a row tell.
async fn until_in_force(envoy: &Envoy, revision: Option<u64>) {
    until(&format!("{revision:?} in force"), PATIENCE, async || {
        for _ in 0..4 {
            if in_force(envoy).await != revision {
                return false;
            }
        }
        true
    })
    .await;
}
