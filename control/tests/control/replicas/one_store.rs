use std::fs;

use intermission_testkit::control::Home;
use intermission_testkit::free_address;
use serde_json::json;

use crate::replicas::replicas::Replicas;

#[test]
fn what_one_replica_has_changed_the_next_request_to_another_sees() {
    let Replicas { controls, .. } = &Replicas::start();
    for round in 0..12 {
        let (one, other) = (&controls[round % 3], &controls[(round + 1) % 3]);
        let before = other.state("shop");
        let deed = if round % 2 == 0 { "enter" } else { "exit" };
        let path = format!("/v1/services/shop/{deed}");
        assert_eq!(one.post(&path, &json!({})).status, 200);
        let lost = other.patch("shop", before.header("etag").unwrap(), &json!({}));
        assert_eq!(lost.status, 412, "{}", lost.json());
        let states = controls.iter().map(|control| control.state("shop"));
        let tags: Vec<_> = states.map(|state| state.etag()).collect();
        assert!(tags.iter().all(|tag| *tag == tags[0]), "{tags:?}");
        let token = one.token(&json!({ "name": format!("t{round}"), "role": "viewer" }));
        let seen = intermission_testkit::control::Ask::new("GET", "/v1/services").bearer(&token);
        assert_eq!(other.ask(seen).status, 200);
    }
    let histories = controls.iter().map(|control| control.history("shop"));
    let histories: Vec<_> = histories.collect();
    assert_eq!(histories[0].len(), 13);
    assert!(histories.iter().all(|history| *history == histories[0]));
}

#[test]
fn a_poll_that_one_replica_holds_is_answered_when_another_makes_a_change() {
    let Replicas { controls, .. } = &Replicas::start();
    let state = controls[0].state("shop");
    let held = intermission_testkit::control::Ask::new("GET", "/v1/services/shop/state")
        .header("if-none-match", state.header("etag").unwrap())
        .header("prefer", "wait=30");
    let answer = controls[1].begin(held);
    assert_eq!(
        controls[2]
            .post("/v1/services/shop/enter", &json!({}))
            .status,
        200
    );
    let answer = answer.recv().unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["maintenance"], "all");
}

#[test]
fn a_replica_with_another_operator_token_does_not_start() {
    let replicas = Replicas::start();
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    let other = Home::new();
    let _other = other.start();
    let file = other.data().join("operator.token");
    fs::copy(file, home.data().join("operator.token")).unwrap();
    let etcd = replicas.etcd.urls().join(",");
    let mut refused = home.serve(
        home.binary(),
        &free_address().to_string(),
        &["--etcd", &etcd],
    );
    assert!(!refused.process.wait().success());
    assert!(
        home.log()
            .contains("is not the operator token of the store in etcd"),
        "{}",
        home.log()
    );
}

#[test]
fn a_replica_without_the_operator_token_serves() {
    let replicas = Replicas::start();
    let home = Home::new();
    let etcd = replicas.etcd.urls().join(",");
    let control = home.serve(
        home.binary(),
        &free_address().to_string(),
        &["--etcd", &etcd],
    );
    let line = control.process.first_line();
    assert!(line.ends_with("without an operator token"), "{line}");
    assert!(!home.data().join("operator.token").exists());
}
