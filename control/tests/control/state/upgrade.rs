//! A store that the first version of control has written.

use intermission_testkit::control::{Ask, Home};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::fleet::node::{Node, applied, fleet};

const STORE: &str = include_str!("../../first-format.sql");

/// A home with that store, whose wait began just now.
fn home() -> Home {
    let home = Home::new();
    std::fs::create_dir(home.data()).unwrap();
    let store = Connection::open(home.data().join("intermission.db")).unwrap();
    store.execute_batch(STORE).unwrap();
    let now = Timestamp::now().to_string();
    assert_eq!(
        store
            .execute("UPDATE barriers SET began = ?1", [now])
            .unwrap(),
        1
    );
    home
}

#[test]
fn a_wait_goes_on_under_nodes_of_both_versions_and_none_is_forked() {
    let home = home();
    let stored: String = Connection::open(home.data().join("intermission.db"))
        .unwrap()
        .query_row("SELECT document FROM services", [], |row| row.get(0))
        .unwrap();
    let control = home.start();
    // What is stored is served, byte for byte: the nodes have it in force under the tag of these bytes.
    assert_eq!(control.state("shop").body, stored.as_bytes());
    let document: Value = serde_json::from_str(&stored).unwrap();
    assert_eq!(document["exempt"]["paths"][1], "/t/*/hooks");
    assert_eq!(
        document["notice"]["languages"].as_object().unwrap().len(),
        200
    );

    let waiting = fleet(&control);
    let wait = waiting["barriers"][0]["id"].as_str().unwrap().to_owned();
    // Two nodes of the first version, which name no level of the format, and a new one.
    for node in waiting["nodes"].as_array().unwrap() {
        let [name, boot] = ["name", "boot"].map(|key| node[key].as_str().unwrap());
        let report = format!(
            "\"{name}\";boot=\"{boot}\";seq=1000;kind=tower{};running=0;wait=10",
            applied(&control)
        );
        let ask = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
        assert_eq!(control.ask(control.authorized(ask)).status, 200);
    }
    let shown = fleet(&control);
    assert_eq!(shown["nodes"].as_array().unwrap().len(), 2, "{shown}");
    for node in shown["nodes"].as_array().unwrap() {
        assert_eq!(
            (&node["standing"], &node["format"]),
            (&json!("drained"), &json!(1))
        );
    }
    let mut new = Node::new("new");
    new.starts(&control);
    new.says(&control, &format!("{};format=2", applied(&control)));
    let ended = |path: &str| control.get(path).json()["ending"] == "done";
    control.until(|| ended(&format!("/v1/barriers/{wait}")));
}

#[test]
fn a_stored_document_that_a_change_may_no_longer_make_takes_an_exit() {
    let home = home();
    let control = home.start();
    let etag = control.state("shop").etag();
    let run = home.run(&control, &["exit", "shop"]);
    assert!(run.done().starts_with("shop: open (revision 4)"));
    let state = control.state("shop");
    assert_ne!(state.header("etag"), Some(etag.as_str()));
    let document = state.json();
    assert_eq!(document["exempt"]["paths"][1], "/t/*/hooks");
    assert_eq!(
        document["notice"]["languages"].as_object().unwrap().len(),
        200
    );
    // New documents are compact.
    assert!(!state.body.contains(&b'\n'));
}

#[test]
fn nodes_that_are_too_old_for_a_change_are_named_before_it_is_made() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    Node::new("old-1").starts(&control);
    let mut new = Node::new("new-1");
    new.says(&control, ";format=2");
    let patch = |document: &Value| {
        let etag = control.state("shop").etag();
        let ask = Ask::new("PATCH", "/v1/services/shop/state").header("if-match", etag);
        control.ask(control.authorized(ask.json(document)))
    };
    // A document that the old node would refuse: it would stay open.
    let origins = json!({ "notice": { "cors_origins": ["capacitor://localhost"] } });
    let refused = patch(&origins).problem(422, "invalid");
    let detail = refused["detail"].as_str().unwrap();
    assert!(
        detail.contains("keep what they have: old-1; upgrade them first"),
        "{detail}"
    );
    assert_eq!(control.state("shop").json()["revision"], 1);
    // A field that it passes over.
    let probers = json!({ "exempt": { "probers": [{ "cidr": "192.0.2.0/24", "paths": ["/"] }] } });
    let warnings = patch(&probers).json()["warnings"].clone();
    assert_eq!(
        warnings[0],
        "these nodes read a lower level of the format and pass over exempt.probers: old-1; upgrade them"
    );
    // Once it is upgraded, nothing is said.
    home.run(
        &control,
        &["node", "forget", "shop", "old-1", "--boot", "b1"],
    )
    .done();
    assert_eq!(patch(&origins).json()["warnings"], json!([]));
}
