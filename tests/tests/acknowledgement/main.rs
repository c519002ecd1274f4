//! What an Envoy tells control of what its workers enforce, and of what still runs.
#![cfg(test)]

mod applied;
mod report;
mod running;
mod silent;

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use intermission_corpus::{Observed, Request};
use intermission_tests::over::{Edge, Endpoint, Envoy, Module, Scripted, Transport};
use serde_json::{Value, json};

use self::report::{Report, last, reports};

/// The longest that anything may take that is not promised to be faster.
const PATIENCE: Duration = Duration::from_secs(40);

/// A state of this revision, with these members.
fn state(revision: u64, members: &Value) -> Scripted {
    let mut document = json!({
        "version": 1,
        "store": "01J9ZZZZZZZZZZZZZZZZZZZZZZ",
        "service": "shop",
        "revision": revision,
    });
    let members = members.as_object().unwrap().clone();
    document.as_object_mut().unwrap().extend(members);
    Scripted::document(revision, document.to_string().into_bytes())
}

fn open(revision: u64) -> Scripted {
    state(revision, &json!({ "maintenance": "off" }))
}

fn closed(revision: u64) -> Scripted {
    state(revision, &json!({ "maintenance": "all" }))
}

/// Closed to all but those on the allowlist, which everybody is here while it is enabled.
fn testing(revision: u64, enabled: bool) -> Scripted {
    let allowlist = json!({ "enabled": enabled, "cidrs": ["127.0.0.1"] });
    state(
        revision,
        &json!({ "maintenance": "all", "allowlist": allowlist }),
    )
}

/// An endpoint somewhere.
fn endpoint(answer: Scripted) -> Endpoint {
    Endpoint::start(SocketAddr::from(([127, 0, 0, 1], 0)), answer).unwrap()
}

/// An Envoy whose VMs can be made to die and to spin.
fn fragile(control: &Endpoint) -> Edge {
    Edge {
        module: Module::WithPanicSwitch,
        ..Edge::new(control.address())
    }
}

fn get(path: &str) -> Request {
    Request {
        path: path.into(),
        headers: vec![("Host".into(), "shop.example".into())],
        ..Request::default()
    }
}

fn with_header(name: &str, value: &str) -> Request {
    let mut request = get("/");
    request.headers.push((name.into(), value.into()));
    request
}

/// The answer to a request on a connection of its own.
async fn ask(envoy: &Envoy, request: &Request) -> Observed {
    let answer = Transport::Http1.send(envoy.address(), request).await;
    answer.unwrap().unwrap()
}

/// Lets every worker serve; as each connection goes to the next, a few in a row reach all.
async fn all_serve(envoy: &Envoy) {
    for _ in 0..4 {
        ask(envoy, &get("/healthz")).await;
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

/// Waits for a report of which this holds, among those to come.
async fn until_told(
    control: &Endpoint,
    what: &str,
    mut holds: impl FnMut(&Report) -> bool,
) -> Report {
    let before = control.polls().len();
    until(what, PATIENCE, async || {
        control.polls().len() > before && holds(&last(control))
    })
    .await;
    last(control)
}

/// Waits until this revision is in force in every worker, as far as reports say.
async fn until_applied(control: &Endpoint, revision: u64) -> Report {
    let tag = revision.to_string();
    until_told(control, &format!("{revision} applied"), |report| {
        report.applied.as_ref() == Some(&tag)
    })
    .await
}
