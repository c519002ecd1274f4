//! Envoy takes the client's address from a header that anybody can write.

use intermission_testkit::Endpoint;
use intermission_testkit::envoy::Edge;
use intermission_testkit::http::get;
use serde_json::json;

use super::{state, until_in_force};

#[tokio::test(flavor = "multi_thread")]
async fn the_peer_that_envoy_writes_into_a_header_is_believed() {
    let control = Endpoint::start(state(3, "all"));
    for (source, header, prefix) in [
        ("x-forwarded-for", "X-Forwarded-For", ""),
        ("forwarded", "Forwarded", "for="),
        ("header", "X-Real-IP", ""),
    ] {
        let mut client = json!({ "source": source, "trusted_proxies": ["127.0.0.1"] });
        if source == "header" {
            client["header"] = "x-real-ip".into();
        }
        let edge = Edge {
            // Else Envoy appends its own address for a peer on loopback, which would have to be trusted, too.
            use_remote_address: false,
            ..Edge::new(control.address()).with_plugin(json!({ "client": client }))
        };
        let envoy = edge.start().await;
        until_in_force(&envoy, Some(3)).await;
        for (address, status) in [("203.0.113.9", 200), ("198.51.100.9", 503)] {
            let mut request = get("/");
            let value = format!("{prefix}{address}");
            request.headers.push((header.into(), value.as_str().into()));
            let answer = envoy.answer(&request).await;
            assert_eq!(answer.status, status, "{header}: {value}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_envoy_took_from_a_header_is_never_allowlisted_unless_that_is_trusted() {
    let control = Endpoint::start(state(3, "all"));
    let careless = Edge {
        use_remote_address: false,
        ..Edge::new(control.address())
    };
    let mut forged = get("/");
    forged
        .headers
        .push(("X-Forwarded-For".into(), "203.0.113.9".into()));

    let envoy = careless.start().await;
    until_in_force(&envoy, Some(3)).await;
    for _ in 0..8 {
        assert_eq!(envoy.answer(&forged).await.status, 503);
    }
    let warnings = envoy
        .log()
        .matches("Envoy takes source.address from a header")
        .count();
    // Each worker says so once.
    assert!((1..=2).contains(&warnings), "{warnings} warnings");

    let trusting = careless.with_plugin(json!({
        "client": { "source": "source-address", "trust_forwarded": true },
    }));
    let envoy = trusting.start().await;
    until_in_force(&envoy, Some(3)).await;
    assert_eq!(envoy.answer(&forged).await.status, 200);
}
