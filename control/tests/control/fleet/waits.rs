//! When a wait ends, and what the command prints until then.

use std::time::{Duration, Instant};

use intermission_testkit::control::{Ask, Home};
use serde_json::{Value, json};

use crate::fleet::node::{Node, enter, fleet, shop};

#[test]
fn it_returns_when_the_last_node_has_drained() {
    let (home, control, mut a) = shop();
    let mut b = Node::new("b");
    b.starts(&control);
    b.follows(&control);
    let mut waiting = enter(&home, &control, &[]);
    waiting.goes_on();
    a.follows(&control);
    b.runs(&control);
    let shown = fleet(&control);
    assert_eq!(shown["nodes"][0]["standing"], "drained");
    assert_eq!(shown["nodes"][1]["standing"], "running");
    assert_eq!(shown["nodes"][1]["running"], 2);
    waiting.goes_on();
    let drained = Instant::now();
    b.follows(&control);
    let run = waiting.ends();
    assert!(drained.elapsed() < Duration::from_secs(2));
    assert!(
        run.done()
            .contains("all 2 nodes have it in force, and nothing old runs"),
    );
    let events = control.get("/v1/services/shop/history");
    assert_eq!(events.json()["events"][0]["action"], "wait ended: done");
}

#[test]
fn the_progress_is_printed() {
    let (home, control, mut a) = shop();
    let mut waiting = enter(&home, &control, &[]);
    a.runs(&control);
    // A change that is undone at once is not printed.
    waiting.goes_on();
    control.until(|| fleet(&control)["barriers"][0]["running"] == 2);
    let barrier = fleet(&control)["barriers"][0].clone();
    assert_eq!(barrier["in_force"], 1);
    assert_eq!(barrier["missing"][0]["name"], "a");
    let status = home.run(&control, &["status", "shop"]).done();
    assert!(status.contains("a (tower b1): in force, old requests that run: 2, revision 2"));
    assert!(
        status.contains(
            "operator waits: 1 of 1 nodes have it in force, 0 drained, 2 old requests run"
        )
    );
    a.follows(&control);
    let run = waiting.ends();
    let shop = "shop: 1 of 1 nodes have it in force, 0 drained, 2 old requests run; waiting for a (2 running)";
    assert!(run.err.contains(shop), "{}", run.err);
    let waiting = enter(&home, &control, &["--output", "json"]);
    a.follows(&control);
    let json: Value = waiting.ends().json();
    assert_eq!(json["services"][0]["changed"], false);
    assert_eq!(json["services"][0]["wait"]["ending"], "done");
}

#[test]
fn a_change_is_printed_at_once_and_each_ending_under_its_service() {
    let (home, control, mut a) = shop();
    control.add("pay");
    let line = [
        "enter",
        "shop",
        "pay",
        "--wait",
        "--timeout",
        "30s",
        "--expect",
        "1",
    ];
    let mut waiting = home.begin(&control, &line);
    waiting.says("pay: in maintenance, everything is refused (revision 2)\n");
    a.follows(&control);
    waiting.goes_on();
    let poll = Ask::new("GET", "/v1/services/pay/state");
    let mut pay = Node::new("pay-1");
    let error = ";error=%\"new\"";
    control.ask(
        control
            .authorized(poll)
            .header("intermission-node", pay.report(error)),
    );
    let run = waiting.ends();
    assert_eq!(run.code, Some(10), "{}", run.err);
    let (shop, pay) = run
        .out
        .split_once("\npay: refused by a node: 0 of 1")
        .unwrap();
    assert!(shop.ends_with("\nshop: the one node has it in force, and nothing old runs\n"));
    assert!(pay.contains("missing    pay-1 (tower b1): refuses the document"));
    assert!(pay.ends_with("next       upgrade the node, then wait again: the same command\n"));
    let waiting = enter(
        &home,
        &control,
        &["pay", "--timeout", "1s", "--output", "json"],
    );
    a.follows(&control);
    let run = waiting.ends();
    let json: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["services"][0]["wait"]["ending"], "done");
    assert_eq!(json["services"][1]["wait"]["ending"], "timed_out");
    assert_eq!(run.code, Some(8));
}

#[test]
fn ctrl_c_ends_the_wait_and_says_what_stays() {
    let (home, control, _) = shop();
    let mut waiting = enter(&home, &control, &[]);
    waiting.says("revision 2");
    waiting.interrupt();
    let run = waiting.ends();
    assert_eq!(run.code, Some(130), "{}", run.err);
    assert!(
        run.err.ends_with(
            "intermission: only the wait was ended: shop stays in maintenance (revision 2); to open: intermission \
             exit shop; to wait again: the same command\n"
        ),
        "{}",
        run.err
    );
}

#[test]
fn a_control_that_is_gone_ends_the_wait_soon_after_its_time() {
    let (home, mut control, _) = shop();
    let waiting = enter(&home, &control, &["--timeout", "1s"]);
    control.kill();
    let gone = Instant::now();
    let run = waiting.ends();
    assert_eq!(run.code, Some(3), "{}", run.err);
    assert!(gone.elapsed() < Duration::from_secs(15), "{gone:?}");
    assert!(
        run.err.contains("the same command waits again"),
        "{}",
        run.err
    );
}

#[test]
fn a_wait_ends_at_its_timeout() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &["--timeout", "1s"]);
    a.runs(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(8), "{}", run.err);
    assert!(
        run.out
            .contains("a (tower b1): in force, old requests that run: 2"),
        "{}",
        run.out
    );
    assert_eq!(control.state("shop").json()["maintenance"], "all");
}

#[test]
fn an_empty_fleet_is_no_success() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let enter = |more: &[&str]| home.run(&control, &[&["enter", "shop", "--wait"], more].concat());
    let run = enter(&[]);
    assert_eq!(run.code, Some(14));
    assert!(
        run.out.contains("too few: no node has reported"),
        "{}",
        run.out
    );
    let run = enter(&["--expect", "2", "--timeout", "1s"]);
    assert_eq!(run.code, Some(14));
    let done = enter(&["--expect", "0"]).done();
    assert!(
        done.ends_with("shop: no node is there to wait for\n"),
        "{done}"
    );
}

#[test]
fn polls_are_held_for_a_moment_only_while_a_wait_is_open() {
    let (home, control, mut a) = shop();
    let _waiting = enter(&home, &control, &[]);
    let etag = control.state("shop").etag();
    let mut poll = |running: &str| {
        let report = a.report(&format!(";applied={etag}{running}"));
        let ask = Ask::new("GET", "/v1/services/shop/state")
            .header("if-none-match", etag.clone())
            .header("prefer", "wait=2")
            .header("intermission-node", report);
        let begun = Instant::now();
        assert_eq!(control.ask(control.authorized(ask)).status, 304);
        begun.elapsed()
    };
    let awaited = poll(";running=1;oldest=1");
    assert!(
        (Duration::from_millis(150)..Duration::from_millis(1000)).contains(&awaited),
        "{awaited:?}"
    );
    let drained = poll("");
    assert!(drained > Duration::from_millis(1500), "{drained:?}");
}

#[test]
fn a_watched_wait_is_held_until_it_changes_and_a_report_alone_is_no_change() {
    let (_home, control, mut a) = shop();
    let begun = control.post("/v1/services/shop/enter", &json!({ "wait": true }));
    let barrier = format!("/v1/barriers/{}", begun.json()["barrier"].as_str().unwrap());
    a.starts(&control);
    let metric = "\nintermission_control_polls_held 1\n";
    let held = || {
        String::from_utf8(control.get("/metrics").body)
            .unwrap()
            .contains(metric)
    };
    for path in [barrier.as_str(), "/v1/services/shop/fleet"] {
        let etag = || control.get(path).etag();
        // Until the report of the node is judged.
        control.until(|| {
            !control
                .get(path)
                .json()
                .to_string()
                .contains("\"applied\":\"")
        });
        let watch = |etag: String, wait: &str| {
            let ask = Ask::new("GET", path)
                .header("if-none-match", etag)
                .header("prefer", wait);
            control.begin(ask)
        };
        let watching = watch(etag(), "wait=1");
        control.until(held);
        a.starts(&control);
        assert_eq!(watching.recv().unwrap().status, 304, "{path}");
        let watching = watch(etag(), "wait=30");
        control.until(held);
        a.runs(&control);
        assert_eq!(watching.recv().unwrap().status, 200, "{path}");
        a.starts(&control);
    }
}

#[test]
fn a_wait_outlives_control() {
    let (home, mut control, mut a) = shop();
    let mut b = Node::new("b");
    b.starts(&control);
    let mut waiting = enter(&home, &control, &[]);
    a.follows(&control);
    control.kill();
    let control = home.start_at(&control.address);
    // Nodes that reported before the crash have to report again.
    assert_eq!(fleet(&control)["nodes"][0]["standing"], "unheard");
    b.follows(&control);
    waiting.goes_on();
    a.follows(&control);
    waiting.ends().done();
}

#[test]
fn an_ending_that_the_disk_refuses_is_answered_and_stored_later() {
    let (home, control, mut a) = shop();
    let begun = control.post("/v1/services/shop/enter", &json!({ "wait": true }));
    let path = format!("/v1/barriers/{}", begun.json()["barrier"].as_str().unwrap());
    let other = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    a.follows(&control);
    let ending = || control.get(&path).json()["ending"].clone();
    control.until(|| ending() == "done");
    assert_eq!(ending(), "done");
    assert_eq!(fleet(&control)["barriers"], json!([]));
    other.execute_batch("ROLLBACK").unwrap();
    let history = || control.get("/v1/services/shop/history").json();
    control.until(|| history()["events"][0]["action"] == "wait ended: done");
    assert_eq!(ending(), "done");
}
