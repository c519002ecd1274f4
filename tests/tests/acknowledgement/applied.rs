//! What is in force in every worker.

use std::time::{Duration, Instant};

use intermission_testkit::envoy::{Edge, Envoy, Version};
use intermission_testkit::http::{Transport, get};
use intermission_testkit::{Endpoint, LONG, Scripted, eventually, within};
use serde_json::json;
use tokio::task::JoinHandle;

use super::{
    all_serve, closed, fragile, last, open, reports, until_applied, until_reported, with_header,
};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_applied_before_it_is_in_force_in_every_worker() {
    let control = Endpoint::start(open(3));
    let envoy = fragile(&control).start().await;
    all_serve(&envoy).await;
    until_applied(&control, 3).await;
    let begun = Instant::now();
    let mut revision = 3;
    let mut lagged = false;
    // Until the worker that is kept busy is not the one that polls.
    while !lagged {
        assert!(
            begun.elapsed() < LONG,
            "a report names a revision that a worker lacks"
        );
        let busy = keep_a_worker_busy(&envoy).await;
        let (known, before) = (revision, reports(&control).len());
        revision += 1;
        control.say(closed(revision));
        busy.ends.await.unwrap();
        let meanwhile = reports(&control).into_iter().skip(before);
        for report in meanwhile.filter(|report| report.at < busy.at_least_until) {
            assert_eq!(report.applied, Some(known.to_string()), "{report:?}");
            assert_eq!(report.silent, "");
            lagged |= report.if_none_match == format!("\"{revision}\"");
        }
        until_applied(&control, revision).await;
    }
    for _ in 0..4 {
        assert_eq!(envoy.answer(&get("/")).await.status, 503);
    }
}

struct Busy {
    at_least_until: Instant,
    ends: JoinHandle<()>,
}

/// Keeps a worker busy for less than it takes to be silent; returns once it is.
async fn keep_a_worker_busy(envoy: &Envoy) -> Busy {
    let address = envoy.address();
    let at_least_until = Instant::now() + Duration::from_millis(1200);
    let ends = tokio::spawn(async move {
        let request = with_header("x-intermission-spin", "1200");
        Transport::Http1.send(address, &request).await.unwrap();
    });
    within(Duration::from_secs(10), "a worker is busy", async || {
        let running = envoy.metric("http.edge.downstream_rq_active").await;
        running == Some(1)
    })
    .await;
    Busy {
        at_least_until,
        ends,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_is_reported_in_force_soon_after_it_came() {
    let control = Endpoint::start(open(3));
    let edge = Edge::new(control.address()).with_plugin(json!({ "wait": 30, "interval": 60 }));
    let envoy = edge.start().await;
    all_serve(&envoy).await;
    until_applied(&control, 3).await;
    for revision in [4, 5, 6] {
        control.say(closed(revision));
        let tag = revision.to_string();
        let waited = within(Duration::from_secs(1), "reported", async || {
            last(&control).applied.as_ref() == Some(&tag)
        })
        .await;
        println!("reported after {waited:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_cannot_be_enforced_is_reported_and_closes_if_it_refuses() {
    for version in [Version::Newest, Version::Oldest] {
        let control = Endpoint::start(open(3));
        let edge = Edge {
            version,
            ..Edge::new(control.address())
        };
        let envoy = edge.start().await;
        all_serve(&envoy).await;
        let report = until_applied(&control, 3).await;
        assert_eq!((&*report.name, report.error), ("edge", None), "{version:?}");

        // Nothing is critical in one that refuses nothing; one that refuses closes the service, and is not applied.
        let geofence =
            |mode| json!({ "maintenance": mode, "critical": ["geofence"], "geofence": "DE" });
        control.say(Scripted::state(4, &geofence("off")));
        assert_eq!(until_applied(&control, 4).await.error, None);
        assert_eq!(envoy.answer(&get("/")).await.status, 200);
        control.say(Scripted::state(5, &geofence("all")));
        let report = until_reported(&control, "what is applied", |report| {
            report.error.is_some() && report.applied.is_none()
        })
        .await;
        let error = report.error.unwrap();
        assert!(error.contains("geofence"), "{error}");
        eventually("the service is closed", async || {
            envoy.answer(&get("/")).await.status == 503
        })
        .await;

        control.say(closed(6));
        assert_eq!(until_applied(&control, 6).await.error, None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_configuration_leaves_no_silent_slot_behind() {
    let control = Endpoint::start(open(3));
    let edge = Edge::new(control.address());
    let envoy = edge.start().await;
    all_serve(&envoy).await;
    let boot = until_applied(&control, 3).await.boot;
    envoy.reconfigure(&edge.with_plugin(json!({ "node": "edge-1" })));
    until_reported(&control, "the new name", |report| report.name == "edge-1").await;
    all_serve(&envoy).await;
    until_reported(&control, "the old name is gone", {
        let mut others = 0;
        move |report| {
            others = if report.name == "edge" { 0 } else { others + 1 };
            others > 10
        }
    })
    .await;
    control.say(closed(4));
    until_applied(&control, 4).await;
    // For longer than it takes to be silent.
    let before = reports(&control).len();
    within(Duration::from_secs(30), "polls", async || {
        reports(&control).len() > before + 30
    })
    .await;
    let reports = reports(&control);
    let silent = reports.iter().find(|report| !report.silent.is_empty());
    assert!(silent.is_none(), "{silent:?}");
    assert!(reports.iter().all(|report| report.boot == boot));
}
