//! Where the filter finds the token, and that Envoy's log never has it.

use std::fs;
use std::path::Path;

use intermission_testkit::envoy::{Edge, Envoy, Version};
use intermission_testkit::{Endpoint, eventually};
use serde_json::json;
use tempfile::TempDir;

use super::{no_vm_died, state, until_in_force};

const SECRET: &str = "5f1c0d9e7b3a";

#[tokio::test(flavor = "multi_thread")]
async fn the_token_may_come_from_an_environment_variable_of_the_vm() {
    let variable = ("INTERMISSION_NODE_TOKEN", format!("{SECRET}\n"));
    for is_from_host in [true, false] {
        let control = Endpoint::start(state(3, "all"));
        let mut edge = Edge::new(control.address())
            .with_plugin(json!({ "token_env": "INTERMISSION_NODE_TOKEN" }));
        if is_from_host {
            edge.host_environment.push(variable.clone());
        } else {
            edge.environment.push(variable.clone());
        }
        let envoy = edge.start().await;
        until_in_force(&envoy, Some(3)).await;
        eventually("polls", async || control.polls().len() > 5).await;
        for poll in control.polls() {
            assert_eq!(poll.authorization, format!("Bearer {SECRET}"));
        }
        no_vm_died(&envoy).await;
        assert!(!envoy.log().contains(SECRET), "{}", envoy.log());
        let dump = envoy.ask("/config_dump?resource=dynamic_listeners").await;
        assert_eq!(dump.contains(SECRET), !is_from_host);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_cannot_be_used_is_not_in_the_log() {
    let control = Endpoint::start(state(3, "all"));
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
        let log = edge.try_start().await.unwrap_err();
        assert!(log.contains(complaint), "{log}");
        assert!(!log.contains(SECRET), "{log}");
    }
}

/// The example with control elsewhere, and with the folder of the token elsewhere.
fn example(control: &str, folder: &Path) -> String {
    let examples = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/envoy"));
    let put = |text: &str, changes: &[(&str, &str)]| {
        changes
            .iter()
            .fold(text.to_owned(), |text, (theirs, ours)| {
                assert!(text.contains(theirs), "the example has no {theirs}");
                text.replace(theirs, ours)
            })
    };
    let folder = folder.to_str().unwrap();
    let secret = fs::read_to_string(examples.join("sds/node-token.yaml")).unwrap();
    let sds = format!("{folder}/node-token.yaml");
    fs::write(&sds, put(&secret, &[("/etc/intermission", folder)])).unwrap();
    let text = fs::read_to_string(examples.join("token-in-a-file.yaml")).unwrap();
    let text = put(
        &text,
        &[
            ("examples/envoy/sds/node-token.yaml", &sds),
            ("port_value: 10000", "port_value: 0"),
            ("port_value: 7700", &format!("port_value: {control}")),
        ],
    );
    format!(
        "{text}\nadmin: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: 0 }} }} }}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_in_a_file_changes_while_envoy_runs_and_is_nowhere_else() {
    for version in [Version::Newest, Version::Oldest] {
        let control = Endpoint::start(state(3, "all"));
        let folder = TempDir::new().unwrap();
        // As `mv` puts a file into the place of another.
        let put = |token: &str| {
            let new = folder.path().join("new");
            fs::write(&new, format!("Bearer {token}")).unwrap();
            fs::rename(new, folder.path().join("authorization")).unwrap();
        };
        put(SECRET);
        let port = control.address().port().to_string();
        let yaml = example(&port, folder.path());
        let envoy = Envoy::from_yaml(version, &yaml).await;
        until_in_force(&envoy, Some(3)).await;
        let sends = async |token: &str| {
            let expected = format!("Bearer {token}");
            eventually(token, async || {
                let polls = control.polls();
                polls
                    .last()
                    .is_some_and(|poll| poll.authorization == expected)
            })
            .await;
        };
        sends(SECRET).await;
        put("another");
        sends("another").await;
        assert!(!yaml.contains(SECRET));
        assert!(!envoy.log().contains(SECRET), "{}", envoy.log());
        for resource in [
            "static_listeners",
            "static_clusters",
            "dynamic_active_secrets",
        ] {
            let dump = envoy
                .ask(&format!("/config_dump?resource={resource}"))
                .await;
            for token in [SECRET, "another"] {
                assert!(!dump.contains(token), "{dump}");
            }
        }
    }
}
