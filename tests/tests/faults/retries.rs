//! An Envoy before nodes in maintenance, which takes their answers for failures.

use std::net::SocketAddr;

use intermission_testkit::envoy::{Edge, Envoy, Version};
use intermission_testkit::http::get;
use intermission_testkit::{Endpoint, eventually};
use serde_json::{Value, json};

use super::{in_force, revision, state, until_in_force};

/// An Envoy that forwards to these nodes, with a retry policy and with what else the cluster has.
async fn front(version: Version, nodes: &[SocketAddr], retry: &Value, cluster: &Value) -> Envoy {
    let address = |address: &SocketAddr| json!({ "socket_address": { "address": address.ip(), "port_value": address.port() } });
    let endpoints = nodes
        .iter()
        .map(|node| json!({ "endpoint": { "address": address(node) } }));
    let mut nodes = json!({
        "name": "nodes",
        "type": "STATIC",
        "connect_timeout": "5s",
        // Where all nodes are ejected, none is asked.
        "common_lb_config": { "healthy_panic_threshold": { "value": 0 } },
        "load_assignment": {
            "cluster_name": "nodes",
            "endpoints": [{ "lb_endpoints": endpoints.collect::<Vec<_>>() }],
        },
    });
    let members = cluster.as_object().unwrap().clone();
    nodes.as_object_mut().unwrap().extend(members);
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "front",
        "route_config": { "virtual_hosts": [{
            "name": "nodes",
            "domains": ["*"],
            "routes": [{ "match": { "prefix": "/" }, "route": { "cluster": "nodes", "retry_policy": retry } }],
        }] },
        "http_filters": [{ "name": "router", "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router",
        } }],
    });
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let bootstrap = json!({
        "admin": { "address": address(&anywhere) },
        "static_resources": {
            "listeners": [{
                "name": "tcp",
                "address": address(&anywhere),
                "filter_chains": [{ "filters": [{ "name": "manager", "typed_config": manager }] }],
            }],
            "clusters": [nodes],
        },
    });
    Envoy::from_yaml(version, &bootstrap.to_string()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_is_not_tried_again() {
    let control = Endpoint::start(state(3, "all"));
    let node = Edge::new(control.address()).start().await;
    let mut asked = 0;
    eventually("each worker refuses", async || {
        let mut refused = 0;
        for _ in 0..4 {
            refused += u64::from(in_force(&node).await == Some(3));
        }
        asked += refused;
        refused == 4
    })
    .await;
    let mut grpc = get("/shop.Orders/List");
    grpc.method = "POST".into();
    grpc.headers
        .push(("Content-Type".into(), "application/grpc".into()));
    for version in [Version::Newest, Version::Oldest] {
        // The second is what Istio does where nothing else is said.
        for retry in [
            json!({ "retry_on": "5xx", "num_retries": 2 }),
            json!({
                "retry_on": "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes",
                "retriable_status_codes": [503],
                "num_retries": 2,
            }),
        ] {
            let front = front(version, &[node.address()], &retry, &json!({})).await;
            for request in [get("/"), grpc.clone()].iter().cycle().take(10) {
                assert_eq!(revision(&front.answer(request).await), Some(3));
            }
            asked += 10;
            counted(&node, asked, &format!("{version:?} {retry}")).await;
        }
    }
    // What a retry of the last round added has been counted before these.
    for _ in 0..4 {
        assert_eq!(in_force(&node).await, Some(3));
    }
    counted(&node, asked + 4, "in the end").await;
}

/// Waits until the node has counted so many refusals, and fails if there are more. Each worker hands on its counts
/// when it ticks, some time after the answers.
async fn counted(node: &Envoy, asked: u64, when: &str) {
    let refused = async || {
        let mut refused = 0;
        for kind in ["page", "grpc"] {
            let name = format!("intermission_requests_refused_{kind}_total");
            refused += node.metric(&name).await.unwrap_or(0);
        }
        refused
    };
    eventually("every refusal is counted", async || {
        refused().await >= asked
    })
    .await;
    assert_eq!(refused().await, asked, "{when}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_in_maintenance_are_not_ejected_by_an_envoy_that_knows_the_marker() {
    let control = Endpoint::start(state(3, "all"));
    let (one, other) = (Edge::new(control.address()), Edge::new(control.address()));
    let (one, other) = (one.start().await, other.start().await);
    for node in [&one, &other] {
        until_in_force(node, Some(3)).await;
    }
    let nodes = [one.address(), other.address()];
    let detection = json!({
        "consecutive_5xx": 3,
        "interval": "0.1s",
        "base_ejection_time": "60s",
        "max_ejection_percent": 100,
    });
    // As the documentation has it.
    let unless_refused = json!({ "and_match": { "rules": [
        { "http_response_headers_match": { "headers": [
            { "name": ":status", "string_match": { "safe_regex": { "regex": "5.." } } },
        ] } },
        { "not_match": { "http_response_headers_match": { "headers": [
            { "name": "intermission", "present_match": true },
        ] } } },
    ] } });
    for version in [Version::Newest, Version::Oldest] {
        let careless = json!({ "outlier_detection": detection });
        let careful = json!({
            "outlier_detection": detection,
            "typed_extension_protocol_options": {
                "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                    "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                    "explicit_http_config": { "http_protocol_options": {} },
                    "outlier_detection": { "error_matcher": unless_refused },
                },
            },
        });
        let careful = front(version, &nodes, &json!({}), &careful).await;
        for _ in 0..30 {
            assert_eq!(revision(&careful.answer(&get("/")).await), Some(3));
        }
        let ejected = "cluster.nodes.outlier_detection.ejections_enforced_total";
        assert_eq!(careful.metric(ejected).await, Some(0));
        assert_eq!(careful.answer(&get("/healthz")).await.status, 200);

        let careless = front(version, &nodes, &json!({}), &careless).await;
        eventually("exempt paths fail too", async || {
            let notice = careless.answer(&get("/")).await;
            revision(&notice).is_none() && careless.answer(&get("/healthz")).await.status == 503
        })
        .await;
    }
}
