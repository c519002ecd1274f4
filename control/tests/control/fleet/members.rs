//! Which nodes a wait waits for.

use std::time::Duration;

use intermission_testkit::control::Ask;
use serde_json::json;

use crate::fleet::node::{Node, enter, fleet, shop};

#[test]
fn a_node_that_joins_during_a_wait_is_waited_for() {
    let (home, control, mut a) = shop();
    let mut waiting = enter(&home, &control, &[]);
    // It has polled before, and may have got the old state.
    let mut late = Node::new("late");
    late.starts(&control);
    a.follows(&control);
    waiting.goes_on();
    late.follows(&control);
    waiting.ends().done();
}

#[test]
fn a_node_is_stored_before_it_gets_the_state() {
    let (home, control, _) = shop();
    // Another process writes, so that the change is on its way to the disk for a while.
    let other = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let enter = control.begin(Ask::new("POST", "/v1/services/shop/enter"));
    let history = "/v1/services/shop/history";
    let moment = Duration::from_millis(300);
    control.until(|| {
        control
            .begin(Ask::new("GET", history))
            .recv_timeout(moment)
            .is_err()
    });
    let report = Node::new("late").report("");
    let late = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
    let late = control.begin(late);
    assert!(late.recv_timeout(moment).is_err());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(enter.recv().unwrap().status, 200);
    // It became a member after the change, when a wait might have ended without it.
    assert_eq!(late.recv().unwrap().json()["maintenance"], "all");
}

#[test]
fn a_node_that_starts_again_is_another_and_does_not_stand_in_for_the_first() {
    let (home, control, a) = shop();
    let mut waiting = enter(&home, &control, &[]);
    let mut again = Node {
        boot: "b2",
        seq: 0,
        ..a.clone()
    };
    again.starts(&control);
    again.follows(&control);
    waiting.goes_on();
    let nodes = fleet(&control)["nodes"].clone();
    assert_eq!(nodes[0]["standing"], "behind");
    assert_eq!(nodes[1]["standing"], "drained");
    let forget = [
        "node", "forget", "shop", "a", "--boot", "b1", "--reason", "replaced",
    ];
    home.run(&control, &forget).done();
    waiting.ends().done();
    let history = home.run(&control, &["history", "shop"]).done();
    assert!(
        history.contains("node forget a by operator: replaced"),
        "{history}"
    );
}

#[test]
fn live_nodes_are_not_forgotten_with_lost_ones() {
    let (home, control, _) = shop();
    let mut old = Node {
        wait: 1,
        ..Node::new("b")
    };
    old.starts(&control);
    let mut new = Node {
        boot: "b2",
        ..Node::new("b")
    };
    new.starts(&control);
    let forget = ["node", "forget", "shop", "b"];
    let refused = home.run(&control, &forget).failed(16);
    assert!(
        refused.starts_with(
            "intermission: The node is live; nothing was changed: b (boot b1) was heard at 2"
        ),
        "{refused}"
    );
    assert!(
        refused.contains("--boot BOOT forgets it all the same"),
        "{refused}"
    );

    let mut a = Node::new("a");
    a.seq = 2;
    let mut waiting = enter(&home, &control, &["--timeout", "60s"]);
    a.follows(&control);
    new.runs(&control);
    control.until(|| fleet(&control)["nodes"][1]["standing"] == "lost");
    let said = home.run(&control, &forget).done();
    assert_eq!(
        said,
        "shop: b (boot b1) is waited for no more\nshop: b (boot b2) lives, and is waited for as before\n"
    );
    waiting.goes_on();
    new.follows(&control);
    waiting.ends().done();
    assert_eq!(fleet(&control)["nodes"].as_array().unwrap().len(), 2);
}

#[test]
fn nodes_that_never_reported_are_missing_from_the_expected_number() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &["--expect", "2", "--timeout", "1s"]);
    a.follows(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(14), "{}", run.err);
    assert!(
        run.out
            .contains("shop: too few: 1 of 2 expected nodes have it in force"),
        "{}",
        run.out
    );
}

#[test]
fn a_node_that_leaves_is_waited_for_no_more() {
    let (home, control, mut a) = shop();
    let mut b = Node::new("b");
    b.starts(&control);
    let mut waiting = enter(&home, &control, &[]);
    a.follows(&control);
    b.says(&control, ";running=1;oldest=1;leaving");
    waiting.goes_on();
    b.says(&control, ";leaving");
    waiting.ends().done();
    assert_eq!(fleet(&control)["nodes"].as_array().unwrap().len(), 1);
}

#[test]
fn a_report_that_arrives_late_is_passed_over() {
    let (home, control, mut a) = shop();
    let mut late = a.clone();
    late.follows(&control);
    a.seq += 5;
    a.starts(&control);
    let mut waiting = enter(&home, &control, &[]);
    late.follows(&control);
    waiting.goes_on();
    a.follows(&control);
    waiting.ends().done();
}

#[test]
fn a_poll_that_arrives_after_the_last_one_makes_no_member() {
    let (_home, control, mut a) = shop();
    let mut late = a.clone();
    // The last poll may arrive first.
    let mut b = Node::new("b");
    b.seq = 1;
    for node in [&mut a, &mut b] {
        node.seq += 1;
        node.says(&control, ";leaving");
    }
    late.starts(&control);
    Node::new("b").starts(&control);
    assert_eq!(fleet(&control)["nodes"], json!([]));
    // A node that polls again is a member again.
    a.starts(&control);
    assert_eq!(fleet(&control)["nodes"][0]["name"], "a");
}

#[test]
fn several_nodes_are_forgotten_together_and_all_that_are_lost() {
    let (home, control, _) = shop();
    let nodes = ["b", "c", "d"].map(|name| Node {
        wait: 1,
        ..Node::new(name)
    });
    for mut node in nodes {
        node.starts(&control);
    }
    let run = |line: &[&str]| home.run(&control, &[&["node", "forget", "shop"], line].concat());
    control.until(|| fleet(&control)["nodes"][3]["lost"] == true);
    for (code, line, said) in [
        (7, &["b", "x"][..], "\"x\" is no node of shop"),
        (16, &["b", "a"], "a (boot b1) was heard at 2"),
        (
            7,
            &["b", "--boot", "zzz"],
            "Unknown boot; nothing was changed: no process of \"b\" of shop has the boot \"zzz\"; there are: b1",
        ),
    ] {
        let refused = run(line).failed(code);
        assert!(refused.contains(said), "{refused}");
    }
    run(&["b", "c", "--boot", "b1"]).failed(2);
    run(&["b", "--lost"]).failed(2);
    let forgotten =
        "shop: b (boot b1) is waited for no more\nshop: c (boot b1) is waited for no more\n";
    assert_eq!(run(&["b", "c"]).done(), forgotten);
    let lost = run(&["--lost", "--reason", "scaled down"]).done();
    assert_eq!(lost, "shop: d (boot b1) is waited for no more\n");
    let none = run(&["--lost"]).done();
    assert_eq!(none, "shop: nothing changed: no such node is lost\n");
    let history = home.run(&control, &["history", "shop"]).done();
    for line in [
        "node forget b c by operator\n",
        "node forget d by operator: scaled down\n",
    ] {
        assert!(history.contains(line), "{history}");
    }
    assert_eq!(fleet(&control)["nodes"].as_array().unwrap().len(), 1);
}
