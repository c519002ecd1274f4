//! Envoy takes the client's address from a header that anybody can write.

use intermission_tests::over::Edge;
use serde_json::json;

use super::{ask, endpoint, get, state, until_in_force};

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_envoy_took_from_a_header_is_never_allowlisted_unless_that_is_trusted() {
    let control = endpoint(state(3, "all"));
    let careless = Edge {
        use_remote_address: false,
        ..Edge::new(control.address())
    };
    let mut forged = get("/");
    forged
        .headers
        .push(("X-Forwarded-For".into(), "203.0.113.9".into()));

    let envoy = careless.start().await.unwrap();
    until_in_force(&envoy, Some(3)).await;
    for _ in 0..8 {
        assert_eq!(ask(&envoy, &forged).await.status, 503);
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
    let envoy = trusting.start().await.unwrap();
    until_in_force(&envoy, Some(3)).await;
    assert_eq!(ask(&envoy, &forged).await.status, 200);
}
