//! What the dynamic module does of itself.

use std::time::{Duration, Instant};

use intermission_testkit::envoy::{Edge, Envoy, Module};
use intermission_testkit::http::get;
use intermission_testkit::{Endpoint, Scripted, eventually};
use serde_json::json;
use tokio::net::TcpStream;

fn state(revision: u64, mode: &str) -> Scripted {
    Scripted::state(revision, &json!({ "maintenance": mode }))
}

fn edge(control: &Endpoint) -> Edge {
    Edge {
        module: Module::Native,
        ..Edge::new(control.address())
    }
}

async fn until(envoy: &Envoy, status: u16) {
    eventually("the state is in force", async || {
        envoy.answer(&get("/")).await.status == status
    })
    .await;
}

fn reports(control: &Endpoint) -> Vec<String> {
    control.polls().into_iter().map(|poll| poll.node).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_leaves_when_envoy_shuts_down() {
    let control = Endpoint::start(state(3, "all"));
    let envoy = edge(&control).start().await;
    until(&envoy, 503).await;
    assert!(
        reports(&control)
            .iter()
            .all(|report| !report.contains("leaving"))
    );
    envoy.signal("TERM");
    eventually("the last report", async || {
        reports(&control)
            .last()
            .is_some_and(|last| last.contains("leaving"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envoy_that_shuts_down_does_not_wait_long_for_control() {
    let control = Endpoint::start(state(3, "off"));
    let envoy = edge(&control).start().await;
    until(&envoy, 200).await;
    // It takes the farewell and does not answer.
    control.say(Scripted {
        delay: Duration::from_secs(60),
        ..state(3, "off")
    });
    let begun = Instant::now();
    envoy.signal("TERM");
    eventually("the port is closed", async || {
        TcpStream::connect(envoy.address()).await.is_err()
    })
    .await;
    let took = begun.elapsed();
    println!("closed after {took:?}");
    assert!(took < Duration::from_secs(4), "{took:?}");
    let log = envoy.log();
    assert!(log.contains("the node leaves"), "{log}");
    assert!(!log.contains("maintenance=all"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lease_has_closed_opens_in_a_configuration_without_one_only() {
    for (other, status) in [
        (json!({ "start_wait": 0.2, "lease": 60 }), 503),
        (json!({ "start_wait": 0.2, "default": "all" }), 200),
    ] {
        let control = Endpoint::start(state(3, "off"));
        let edge = edge(&control);
        let leased = edge.clone().with_plugin(json!({ "lease": 3 }));
        let envoy = leased.start().await;
        until(&envoy, 200).await;
        drop(control);
        until(&envoy, 503).await;
        envoy.reconfigure(&edge.with_plugin(other));
        eventually("the new configuration", async || {
            envoy.log().contains("no answer from the endpoint")
        })
        .await;
        until(&envoy, status).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_to_a_tester_that_was_held_is_kept_out_of_caches() {
    let control = Endpoint::start(Scripted {
        delay: Duration::from_secs(2),
        ..Scripted::state(
            3,
            &json!({
                "maintenance": "all",
                "allowlist": { "enabled": true, "cidrs": ["127.0.0.0/8"] },
            }),
        )
    });
    let envoy = edge(&control)
        .with_plugin(json!({ "start_wait": 30 }))
        .start()
        .await;
    // Envoy answers at once, in the call that lets the request go on.
    let answer = envoy.answer(&get("/")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("cache-control"),
        Some(&b"private, no-store"[..])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_configuration_begins_with_the_state_in_force() {
    let control = Endpoint::start(state(3, "all"));
    let edge = edge(&control);
    let envoy = edge.start().await;
    until(&envoy, 503).await;
    let polls = control.polls().len();
    // The same node goes on with another source of the client's address.
    let other = edge
        .clone()
        .with_plugin(json!({ "client": { "source": "direct" } }));
    envoy.reconfigure(&other);
    eventually("polls", async || control.polls().len() > polls + 30).await;
    let boots: std::collections::BTreeSet<_> = reports(&control)
        .iter()
        .filter_map(|report| Some(report.split("boot=").nth(1)?.split(';').next()?.to_owned()))
        .collect();
    assert_eq!(boots.len(), 1, "{boots:?}");
    drop(control);
    // Without the state it would hold requests for a minute, and then admit them.
    for (count, interval) in [(1, 0.2), (2, 0.3)] {
        let other = json!({ "start_wait": 0.2, "interval": interval });
        envoy.reconfigure(&edge.clone().with_plugin(other));
        eventually("the new configuration", async || {
            envoy.log().matches("no answer from the endpoint").count() == count
        })
        .await;
        until(&envoy, 503).await;
        // The one before is drained then.
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_without_control_is_by_the_initial_state_or_the_default() {
    let control = Endpoint::start(Scripted {
        status: 500,
        ..Scripted::default()
    });
    let initial = json!({ "version": 1, "service": "shop", "revision": 7, "maintenance": "all" });
    for (plugin, status) in [
        (json!({ "start_wait": 0.3, "initial_state": initial }), 503),
        (json!({ "start_wait": 0.3, "default": "all" }), 503),
        (json!({ "start_wait": 0.3 }), 200),
    ] {
        let envoy = edge(&control).with_plugin(plugin).start().await;
        assert_eq!(envoy.answer(&get("/")).await.status, status);
        assert!(envoy.log().contains("no answer from the endpoint"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_may_be_without_the_filter() {
    let control = Endpoint::start(state(3, "all"));
    let answer = json!({ "status": 200, "body": { "inline_string": "open" } });
    let disabled = json!({
        "@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig",
        "disabled": true,
    });
    let routes = json!([
        {
            "match": { "path": "/open" },
            "direct_response": answer,
            "typed_per_filter_config": { "envoy.filters.http.dynamic_modules": disabled },
        },
        { "match": { "prefix": "/" }, "direct_response": answer },
    ]);
    let hosts = json!([{ "name": "application", "domains": ["*"], "routes": routes }]);
    let edge = Edge {
        manager: json!({ "route_config": { "virtual_hosts": hosts } }),
        ..edge(&control)
    };
    let envoy = edge.start().await;
    until(&envoy, 503).await;
    assert_eq!(envoy.answer(&get("/open")).await.status, 200);
}
