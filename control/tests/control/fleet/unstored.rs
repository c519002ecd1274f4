//! Nodes that control cannot or may not store: each gets the state all the same, and no wait ends well beside it.

use intermission_testkit::control::{Answer, Ask, Control};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::fleet::node::{Node, enter, fleet, shop};

/// A first poll with this report.
fn poll(control: &Control, token: &str, report: &str) -> Answer {
    let ask = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
    control.ask(ask.bearer(token))
}

#[track_caller]
fn is_closed(answer: &Answer) {
    assert_eq!(answer.status, 200);
    let document: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(document["maintenance"], "all");
}

/// A node that enforces maintenance already, while a wait is open for what `report` says of another.
#[track_caller]
fn makes_unsure(token: &Value, report: &str, reason: &str) {
    let (home, control, mut a) = shop();
    a.follows(&control);
    let token = control.token(token);
    let waiting = enter(&home, &control, &[]);
    is_closed(&poll(&control, &token, report));
    a.follows(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(11), "{}{}", run.out, run.err);
    assert!(run.out.contains("unsure: "), "{}", run.out);
    assert!(run.out.contains(reason), "{}", run.out);
    assert!(
        run.out.contains("node forget shop --unstored"),
        "{}",
        run.out
    );
    let status = home.run(&control, &["status", "shop"]).done();
    assert!(
        status.contains("1 not stored") && status.contains(reason),
        "{status}"
    );
    assert!(
        home.log().contains("a node is not stored"),
        "{}",
        home.log()
    );

    // An operator excuses it, and history has that.
    let forgotten = home
        .run(&control, &["node", "forget", "shop", "--unstored"])
        .done();
    assert!(forgotten.contains("makes no wait unsure"), "{forgotten}");
    let history = home.run(&control, &["history", "shop"]).done();
    assert!(history.contains("node forget --unstored: "), "{history}");
    let waiting = enter(&home, &control, &[]);
    a.follows(&control);
    waiting.ends().done();
}

#[test]
fn a_report_that_cannot_be_read_makes_unsure_and_says_why() {
    makes_unsure(
        &json!({ "name": "edge", "role": "node" }),
        "\"edge-1\";boot=\"b\";seq=1;wait=1",
        "a node with token edge: its report cannot be read: kind is missing",
    );
}

#[test]
fn a_token_for_other_nodes_makes_unsure_and_says_so() {
    makes_unsure(
        &json!({ "name": "edge", "role": "node", "nodes": "edge-*" }),
        "\"shop-1\";boot=\"b\";seq=1;kind=tower;wait=60",
        "shop-1 (boot b) with token edge: the token edge is for other nodes",
    );
}

#[test]
fn a_token_at_its_limit_makes_unsure_until_there_is_room() {
    let (home, control, mut a) = shop();
    let token = control.token(&json!({ "name": "edge", "role": "node", "max_members": 1 }));
    let first = Node::new("edge-1").report("");
    let second = || Node::new("edge-2").report("");
    assert_eq!(poll(&control, &token, &first).status, 200);
    let waiting = enter(&home, &control, &[]);
    is_closed(&poll(&control, &token, &second()));
    let follow = |control: &Control, a: &mut Node| {
        a.follows(control);
        let etag = control.state("shop").etag();
        let mut edge = Node {
            seq: 1,
            ..Node::new("edge-1")
        };
        poll(control, &token, &edge.report(&format!(";applied={etag}")));
    };
    follow(&control, &mut a);
    let run = waiting.ends();
    assert_eq!(run.code, Some(11), "{}{}", run.out, run.err);
    let reason =
        "edge-2 (boot b1) with token edge: the token edge has 1 members, and may have no more";
    assert!(run.out.contains(reason), "{}", run.out);
    // The first is gone: its place is free.
    let forget = ["node", "forget", "shop", "edge-1", "--boot", "b1"];
    home.run(&control, &forget).done();
    is_closed(&poll(&control, &token, &second()));
    assert_eq!(fleet(&control)["unstored"], 0);
    assert_eq!(fleet(&control)["nodes"][1]["name"], "edge-2");
}

#[test]
fn a_full_disk_keeps_no_node_from_the_state_and_makes_unsure() {
    let (home, mut control, mut a) = shop();
    home.run(&control, &["service", "add", "other"]).done();
    let waiting = enter(&home, &control, &[]);
    a.follows(&control);
    waiting.ends().done();
    control.kill();
    // No file of control may grow beyond some 1.2 MiB.
    let control = home.start_by(home.binary_after("trap '' XFSZ; ulimit -f 2500"));
    a.follows(&control);
    let waiting = enter(&home, &control, &["--timeout", "60s"]);
    let notice = |message: Value| {
        let body = json!({ "notice": { "message": message } });
        let ask = Ask::new("POST", "/v1/services/shop/notice").json(&body);
        control.ask(control.authorized(ask)).status
    };
    control.until(|| notice("x".repeat(4000).into()) >= 500 || notice(Value::Null) >= 500);
    // Members of another service take what room is left.
    let next = std::cell::Cell::new(0);
    control.until(|| {
        next.set(next.get() + 1);
        let report = format!("\"{:04}\";boot=\"b\";seq=1;kind=tower;wait=60", next.get());
        let ask = |path| Ask::new("GET", path).header("intermission-node", &report);
        control.ask(control.authorized(ask("/v1/services/other/state")));
        let fleet = control.ask(control.authorized(ask("/v1/services/other/fleet")));
        fleet.json()["unstored"] != 0
    });
    let mut b = Node::new("b");
    is_closed(&b.says(&control, ""));
    let shown = fleet(&control);
    assert_eq!(shown["unstored"], 1, "{shown}");
    let reason = shown["unstored_nodes"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("the store cannot take it"), "{reason}");
    a.follows(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(11), "{}{}", run.out, run.err);
    assert!(run.out.contains(reason), "{}", run.out);
}

#[test]
fn a_disk_that_hangs_keeps_no_node_from_the_state_and_makes_unsure() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    let disk = Connection::open(home.data().join("intermission.db")).unwrap();
    disk.execute_batch("BEGIN IMMEDIATE").unwrap();
    let b = std::cell::RefCell::new(Node::new("b"));
    let begun = std::time::Instant::now();
    is_closed(&b.borrow_mut().says(&control, ""));
    assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
    a.follows(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(11), "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("not stored b (boot b1) with token operator: "),
        "{}",
        run.out
    );
    disk.execute_batch("ROLLBACK").unwrap();
    // The next poll of the node finds the disk again.
    control.until(|| {
        b.borrow_mut().starts(&control);
        fleet(&control)["unstored"] == 0
    });
    let waiting = enter(&home, &control, &[]);
    a.follows(&control);
    b.borrow_mut().follows(&control);
    waiting.ends().done();
}

#[test]
fn a_node_that_leaves_is_not_unstored_any_more() {
    let (_home, control, _) = shop();
    let token = control.token(&json!({ "name": "edge", "role": "node", "max_members": 1 }));
    poll(&control, &token, &Node::new("edge-1").report(""));
    let mut second = Node::new("edge-2");
    poll(&control, &token, &second.report(""));
    assert_eq!(fleet(&control)["unstored"], 1);
    poll(&control, &token, &second.report(";leaving"));
    assert_eq!(fleet(&control)["unstored"], 0);
}
