//! The reports of an Envoy: what its workers enforce, and what still runs.
#![cfg(test)]

mod applied;
mod report;
mod running;
mod silent;

use intermission_corpus::Request;
use intermission_testkit::envoy::{Edge, Envoy, Module};
use intermission_testkit::http::get;
use intermission_testkit::{Endpoint, Scripted};
use serde_json::json;

use self::report::{Report, last, reports};

fn open(revision: u64) -> Scripted {
    Scripted::state(revision, &json!({ "maintenance": "off" }))
}

fn closed(revision: u64) -> Scripted {
    Scripted::state(revision, &json!({ "maintenance": "all" }))
}

/// Closed, with an allowlist that has every client of these tests while it is enabled.
fn testing(revision: u64, enabled: bool) -> Scripted {
    let allowlist = json!({ "enabled": enabled, "cidrs": ["127.0.0.1"] });
    Scripted::state(
        revision,
        &json!({ "maintenance": "all", "allowlist": allowlist }),
    )
}

/// An Envoy whose VMs can be made to die and to spin.
fn fragile(control: &Endpoint) -> Edge {
    Edge {
        module: Module::WithPanicSwitch,
        ..Edge::new(control.address())
    }
}

fn with_header(name: &str, value: &str) -> Request {
    let mut request = get("/");
    request.headers.push((name.into(), value.into()));
    request
}

/// Lets every worker serve; as each connection goes to the next, a few in a row reach all.
async fn all_serve(envoy: &Envoy) {
    for _ in 0..4 {
        envoy.answer(&get("/healthz")).await;
    }
}

/// Waits for a report of which this holds, among those to come.
async fn until_reported(
    control: &Endpoint,
    what: &str,
    mut holds: impl FnMut(&Report) -> bool,
) -> Report {
    let poll = control.poll(what, |poll| holds(&Report::of(poll))).await;
    Report::of(&poll)
}

/// Waits until this revision is in force in every worker, as far as reports say.
async fn until_applied(control: &Endpoint, revision: u64) -> Report {
    let tag = revision.to_string();
    until_reported(control, &format!("{revision} applied"), |report| {
        report.applied.as_ref() == Some(&tag)
    })
    .await
}
