use std::fs;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use intermission_testkit::Etcd;
use intermission_testkit::control::{Control, Home, Run};
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::filled::fill;
use crate::fleet::node::{Node, applied, fleet};

/// A home with a store of the first version, of whose service there are so many revisions, and the documents of two.
fn old_home(revisions: u64) -> (Home, [String; 2]) {
    let home = Home::new();
    fs::create_dir(home.data()).unwrap();
    let store = Connection::open(home.data().join("intermission.db")).unwrap();
    let text = include_str!("../../first-format.sql");
    store.execute_batch(text).unwrap();
    let documents = [2, 3].map(|revision| {
        let sql = "SELECT after FROM history WHERE revision = ?1";
        store.query_row(sql, [revision], |row| row.get(0)).unwrap()
    });
    let of = |revision: &str| {
        format!(
            "replace((SELECT after FROM history WHERE revision = 1), '\"revision\": 1,', '\"revision\": ' || ({revision}) || ',')"
        )
    };
    let more = format!(
        "DELETE FROM barriers;
         WITH RECURSIVE revisions (r) AS (VALUES (4) UNION ALL SELECT r + 1 FROM revisions WHERE r < {revisions})
         INSERT INTO history (service, revision, at, actor, action, before, after)
         SELECT 'shop', r, '2026-11-27T17:26:00Z', 'operator', 'patch', {}, {} FROM revisions;
         UPDATE services
         SET revision = {revisions}, document = (SELECT after FROM history WHERE revision = {revisions});",
        of("r - 1"),
        of("r"),
    );
    store.execute_batch(&more).unwrap();
    let token = format!("imo_{}", URL_SAFE_NO_PAD.encode([7; 32]));
    let hash = Sha256::digest(&token).to_vec();
    let known = "UPDATE tokens SET hash = ?1 WHERE name = 'operator'";
    assert_eq!(store.execute(known, [hash]).unwrap(), 1);
    fs::write(home.data().join("operator.token"), token).unwrap();
    (home, documents)
}

fn store(home: &Home, line: &[&str]) -> Command {
    let mut command = home.binary();
    command.arg("store").args(line);
    command
        .args(["--output", "json", "--data"])
        .arg(home.data());
    command
}

/// What a check of the data folder finds, which has no faults.
#[track_caller]
fn checked(home: &Home) -> Value {
    let found = Run::from(store(home, &["check"]).output().unwrap()).json();
    assert_eq!(found["faults"], json!([]), "{found}");
    found
}

/// What a check of a store in etcd finds, which has no faults.
#[track_caller]
fn checked_etcd(home: &Home, urls: &str) -> Value {
    let mut check = home.binary();
    check.args(["store", "check", "--output", "json", "--etcd", urls]);
    let found = Run::from(check.output().unwrap()).json();
    assert_eq!(found["faults"], json!([]), "{found}");
    found
}

/// Copies a store to etcd or from there.
fn copy(home: &Home, direction: &str, urls: &str) -> Value {
    let run = store(home, &["copy", direction, "--etcd", urls]).output();
    Run::from(run.unwrap()).json()
}

/// The tag of a document in the report of a node.
fn tag(document: &str) -> String {
    let state: Value = serde_json::from_str(document).unwrap();
    let digest = Sha256::digest(document);
    let digest: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!(
        ";applied=\"{}/{}/{digest}\"",
        state["store"].as_str().unwrap(),
        state["revision"]
    )
}

/// How a node stands, and which revision it has.
fn standing(control: &Control, name: &str) -> (Value, Value) {
    let fleet = fleet(control);
    let nodes = fleet["nodes"].as_array().unwrap();
    let node = nodes.iter().find(|node| node["name"] == name).unwrap();
    (node["standing"].clone(), node["revision"].clone())
}

#[test]
fn an_old_store_loses_all_but_the_last_thousand_documents_and_no_record() {
    let (home, [second, third]) = old_home(1203);
    let before = checked(&home);
    assert_eq!(
        (&before["revisions"], &before["documents"]),
        (&json!(1203), &json!(1203))
    );
    let mut control = home.start();
    control.until(|| checked(&home)["documents"] == 1000);
    assert_eq!(checked(&home)["revisions"], 1203);
    let history = control.history("shop");
    assert_eq!(history.len(), 1203);
    for entry in &history {
        let is_kept = entry["revision"].as_u64().unwrap() >= 204;
        assert_eq!(!entry["after"].is_null(), is_kept, "{entry}");
    }
    let shown = home.run(&control, &["history", "shop"]);
    let shown = shown.done();
    let note = "the documents of this and earlier revisions are not kept any more";
    assert_eq!(shown.matches(note).count(), 1);
    let (later, _) = shown.split_once(note).unwrap();
    assert!(later.contains("  204  ") && !later.contains("  203  "));

    // Nodes that were away for long are known by their tags.
    Node::new("behind").says(&control, &tag(&second));
    assert_eq!(standing(&control, "behind"), (json!("behind"), json!(2)));
    Node::new("forked").says(&control, &tag(&third.replace("shop", "pay")));
    assert_eq!(standing(&control, "forked"), (json!("forked"), json!(null)));

    let refused = home.run(&control, &["rollback", "shop", "203"]).failed(7);
    assert!(
        refused.contains(
            "the document of revision 203 of shop is not kept any more: control keeps the last 1000"
        ),
        "{refused}"
    );
    let unknown = home.run(&control, &["rollback", "shop", "1204"]).failed(7);
    assert!(unknown.contains("there is no revision 1204"), "{unknown}");
    let rolled = home.run(&control, &["rollback", "shop", "204"]);
    rolled.done();
    control.stop();

    // Such a store is copied as it is.
    let (etcd, elsewhere) = (Etcd::start(1), Home::new());
    let urls = etcd.urls().join(",");
    let there = copy(&home, "--to-etcd", &urls);
    let found = checked_etcd(&home, &urls);
    assert_eq!(
        (&found["revisions"], &found["documents"]),
        (&json!(1203), &json!(1000))
    );
    assert_eq!(copy(&elsewhere, "--to-sqlite", &urls), there);
    assert_eq!(checked(&elsewhere)["documents"], 1000);
}

#[test]
fn replicas_remove_the_same_documents_at_the_same_time() {
    let (home, [second, _]) = old_home(1203);
    let (etcd, elsewhere) = (Etcd::start(1), Home::new());
    let urls = etcd.urls().join(",");
    copy(&home, "--to-etcd", &urls);
    let before = checked_etcd(&home, &urls);
    assert_eq!(
        (&before["revisions"], &before["documents"]),
        (&json!(1203), &json!(1203))
    );
    fs::create_dir(elsewhere.data()).unwrap();
    fs::copy(
        home.data().join("operator.token"),
        elsewhere.data().join("operator.token"),
    )
    .unwrap();
    let replicas = [&home, &elsewhere].map(|home| home.start_with(&["--etcd", &urls]));
    replicas[0].until(|| checked_etcd(&home, &urls)["documents"] == 1000);
    assert_eq!(checked_etcd(&home, &urls)["revisions"], 1203);
    let histories = replicas.each_ref().map(|replica| replica.history("shop"));
    assert_eq!(histories[0], histories[1]);
    assert_eq!(histories[0][202]["after"], json!(null));
    assert_eq!(histories[0][203]["before"], json!(null));
    assert_eq!(histories[0][203]["after"]["revision"], 204);
    for (replica, home) in replicas.iter().zip([&home, &elsewhere]) {
        let mut node = Node::new("behind");
        node.says(replica, &tag(&second));
        assert_eq!(standing(replica, "behind"), (json!("behind"), json!(2)));
        let refused = home.run(replica, &["rollback", "shop", "203"]).failed(7);
        assert!(refused.contains("the document of revision 203 of shop is not kept any more"));
    }
}

#[test]
fn records_that_are_too_old_are_removed_and_nodes_that_had_them_in_force_go_on() {
    let home = Home::new();
    let mut control = fill(&home);
    let first = applied(&control);
    let patch = |control: &Control, title: &str| {
        let etag = control.state("shop").etag();
        let patch = json!({ "notice": { "title": title } });
        assert_eq!(control.patch("shop", &etag, &patch).status, 200);
    };
    // More than control remembers beside the store.
    for number in 0..20 {
        patch(&control, &format!("title {number}"));
    }
    let events = |control: &Control| {
        let page = control.get("/v1/services/shop/history").json();
        page["events"].as_array().unwrap().len()
    };
    // The wait has ended.
    control.until(|| events(&control) == 1);
    let last = Timestamp::now();
    control.until(|| Timestamp::now() > last + SignedDuration::from_secs(2));
    control.stop();
    let before = checked(&home);
    assert_eq!(before["revisions"], 27);

    let mut control = home.start_with(&["--keep-records", "1s"]);
    // The state in force of each service.
    control.until(|| checked(&home)["revisions"] == 3);
    assert_eq!(checked(&home)["documents"], 3);
    let page = control.get("/v1/services/shop/history").json();
    assert_eq!(page["entries"].as_array().unwrap().len(), 1);
    assert_eq!(page["entries"][0]["revision"], 23);
    control.until(|| events(&control) == 0);
    let services = control.get("/v1/services").json();
    let shop = &services["services"][1];
    assert_eq!(shop["since"]["revision"], 2, "{services}");

    // What such a node has in force is not known any more: it counts once it has a state that is.
    let mut node = Node::new("old");
    node.says(&control, &first);
    assert_eq!(standing(&control, "old"), (json!("behind"), json!(null)));
    node.follows(&control);
    assert_eq!(standing(&control, "old"), (json!("drained"), json!(23)));
    let refused = home.run(&control, &["rollback", "shop", "2"]).failed(7);
    assert!(
        refused.contains("the document of revision 2 of shop is not kept any more"),
        "{refused}"
    );
    patch(&control, "the last");
    control.stop();
    let control = home.start();
    assert_eq!(control.state("shop").json()["revision"], 24);
    assert_eq!(control.history("shop").len(), 2);
}
