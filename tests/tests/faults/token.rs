//! Where the filter finds the token, and that Envoy's log never has it.

use intermission_tests::over::Edge;
use serde_json::json;

use super::{PATIENCE, endpoint, no_vm_died, state, until, until_in_force};

const SECRET: &str = "5f1c0d9e7b3a";

#[tokio::test(flavor = "multi_thread")]
async fn the_token_may_come_from_an_environment_variable_of_the_vm() {
    let variable = ("INTERMISSION_NODE_TOKEN", format!("{SECRET}\n"));
    for is_from_host in [true, false] {
        let control = endpoint(state(3, "all"));
        let mut edge = Edge::new(control.address())
            .with_plugin(json!({ "token_env": "INTERMISSION_NODE_TOKEN" }));
        if is_from_host {
            edge.host_environment.push(variable.clone());
        } else {
            edge.environment.push(variable.clone());
        }
        let envoy = edge.start().await.unwrap();
        until_in_force(&envoy, Some(3)).await;
        until("polls", PATIENCE, async || control.polls().len() > 5).await;
        for poll in control.polls() {
            assert_eq!(poll.authorization, format!("Bearer {SECRET}"));
        }
        no_vm_died(&envoy).await;
        assert!(!envoy.log().contains(SECRET), "{}", envoy.log());
        let dump = envoy
            .ask("/config_dump?resource=dynamic_listeners")
            .await
            .unwrap();
        assert_eq!(dump.contains(SECRET), !is_from_host);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_cannot_be_used_is_not_in_the_log() {
    let control = endpoint(state(3, "all"));
    let edge = Edge::new(control.address());
    let mut from_environment = edge
        .clone()
        .with_plugin(json!({ "token_env": "INTERMISSION_NODE_TOKEN" }));
    from_environment
        .host_environment
        .push(("INTERMISSION_NODE_TOKEN", format!("{SECRET} {SECRET}")));
    let unset = edge
        .clone()
        .with_plugin(json!({ "token_env": "INTERMISSION_NODE_TOKEN" }));
    let in_configuration = edge.with_plugin(json!({ "token": format!("{SECRET}\n{SECRET}") }));
    for (edge, complaint) in [
        (in_configuration, "/token: the token holds a line feed; "),
        (from_environment, "/token_env: the token holds a space; "),
        (
            unset,
            "/token_env: names a variable that this VM does not have; ",
        ),
    ] {
        let log = edge.start().await.unwrap_err();
        assert!(log.contains(complaint), "{log}");
        assert!(!log.contains(SECRET), "{log}");
    }
}
