//! Nodes that died, and tokens that were revoked.

use std::cell::Cell;
use std::time::Duration;

use intermission_testkit::control::{Ask, Home};
use serde_json::json;

use crate::fleet::node::{Node, applied, enter, fleet, shop};

/// A node that is lost after three seconds of silence.
fn short_lived(name: &'static str) -> Node {
    Node {
        wait: 1,
        ..Node::new(name)
    }
}

#[test]
fn a_dead_node_is_no_node_though_it_had_drained() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let mut a = short_lived("a");
    a.starts(&control);
    let waiting = enter(&home, &control, &[]);
    a.follows(&control);
    waiting.ends().done();
    // It dies, and its successor cannot reach control. The same command waits again.
    let run = home.run(&control, &["enter", "shop", "--wait"]);
    assert_eq!(run.code, Some(14), "{}{}", run.out, run.err);
    assert!(
        run.out.contains(
            "too few: no node reports; 1 that had it in force is lost and does not count"
        ),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("lost       a (tower b1): lost; it had it in force")
    );
    let expecting = [
        "enter",
        "shop",
        "--wait",
        "--expect",
        "1",
        "--timeout",
        "1s",
    ];
    let run = home.run(&control, &expecting);
    assert_eq!(run.code, Some(14), "{}{}", run.out, run.err);
    // Its successor counts.
    let mut successor = Node {
        boot: "b2",
        ..Node::new("a")
    };
    successor.starts(&control);
    let waiting = enter(&home, &control, &["--expect", "1"]);
    successor.follows(&control);
    let run = waiting.ends();
    assert!(run.done().contains(
        "the one node has it in force, and nothing old runs; 1 that had it in force is lost"
    ));
}

#[test]
fn three_nodes_and_a_dead_one_are_not_four() {
    let (home, control, mut a) = shop();
    let mut d = short_lived("d");
    d.starts(&control);
    d.follows(&control);
    let [mut b, mut c] = ["b", "c"].map(Node::new);
    b.starts(&control);
    c.starts(&control);
    control.until(|| fleet(&control)["nodes"][3]["lost"] == true);
    let waiting = enter(&home, &control, &["--expect", "4", "--timeout", "3s"]);
    for node in [&mut a, &mut b, &mut c] {
        node.follows(&control);
    }
    let run = waiting.ends();
    assert_eq!(run.code, Some(14), "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("too few: 3 of 4 expected nodes have it in force, 3 drained; 1 lost"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("missing    d (tower b1): lost"),
        "{}",
        run.out
    );
}

#[test]
fn a_wait_forgets_lost_nodes_only_if_it_is_asked_to() {
    let (home, control, mut a) = shop();
    let mut b = short_lived("b");
    b.starts(&control);
    let waiting = enter(
        &home,
        &control,
        &["--gone-after", "4s", "--reason", "deploy"],
    );
    a.follows(&control);
    waiting.ends().done();
    let history = home.run(&control, &["history", "shop"]).done();
    assert!(
        history.contains("node forget b by operator: --gone-after: not heard for 4 s"),
        "{history}"
    );
    assert_eq!(fleet(&control)["nodes"].as_array().unwrap().len(), 1);
}

#[test]
fn control_forgets_lost_nodes_only_if_it_is_asked_to() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    short_lived("a").starts(&control);
    control.until(|| fleet(&control)["nodes"][0]["lost"] == true);
    control.kill();
    let control = home.start_on(&control.address, &["--forget-lost-after", "4s"]);
    assert_eq!(fleet(&control)["nodes"][0]["standing"], "unheard");
    control.until(|| fleet(&control)["nodes"] == json!([]));
    let history = home.run(&control, &["history", "shop"]).done();
    assert!(
        history.contains("node forget a by control: --forget-lost-after: not heard for 4 s"),
        "{history}"
    );
}

#[test]
fn the_members_of_a_revoked_token_are_lost_at_once_and_forgotten_together() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let token = |name: &str| control.token(&json!({ "name": name, "role": "node" }));
    let (first, second) = (token("edge"), token("edge-2"));
    let poll = |control: &intermission_testkit::control::Control, node: &mut Node, token: &str| {
        let report = node.report(&applied(control));
        let ask = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
        assert_eq!(control.ask(ask.bearer(token)).status, 200);
    };
    let [mut a, mut b, mut c] = ["a", "b", "c"].map(Node::new);
    for node in [&mut a, &mut b, &mut c] {
        poll(&control, node, &first);
    }
    // One has the token that replaces the first.
    poll(&control, &mut c, &second);
    home.run(&control, &["token", "revoke", "edge"]).done();
    let lost = |control: &intermission_testkit::control::Control| {
        let shown = fleet(control);
        let nodes = shown["nodes"].as_array().unwrap().clone();
        nodes
            .iter()
            .map(|node| node["lost"] == true)
            .collect::<Vec<_>>()
    };
    assert_eq!(lost(&control), [true, true, false]);
    // A control that starts again knows it.
    control.kill();
    let control = home.start_at(&control.address);
    assert_eq!(lost(&control), [true, true, false]);
    let forgotten = home.run(&control, &["node", "forget", "shop", "--token", "edge"]);
    assert_eq!(
        forgotten.done(),
        "shop: a (boot b1) is waited for no more\nshop: b (boot b1) is waited for no more\n"
    );
    assert_eq!(fleet(&control)["nodes"].as_array().unwrap().len(), 1);
}

#[test]
fn a_node_cannot_poll_so_rarely_that_its_loss_is_not_noticed() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    Node {
        wait: 86_400,
        ..Node::new("a")
    }
    .starts(&control);
    // Three times 5 minutes: as the longest wait that a node may name.
    let shown = fleet(&control);
    assert_eq!(shown["nodes"][0]["lost"], false);
    assert_eq!(
        shown["nodes"][0]["wait"],
        Duration::from_secs(300).as_secs()
    );
}

#[test]
fn nodes_that_are_lost_keep_no_others_out() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let token = control.token(&json!({ "name": "edge", "role": "node", "max_members": 1 }));
    let seq = Cell::new(0);
    let poll = |boot: &str| {
        seq.set(seq.get() + 1);
        let seq = seq.get();
        let report = format!("\"a\";boot=\"{boot}\";seq={seq};kind=tower;wait=1");
        let ask = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
        assert_eq!(control.ask(ask.bearer(&token)).status, 200);
        fleet(&control)["unstored"].as_u64().unwrap()
    };
    for dead in 0..3 {
        assert_eq!(poll(&format!("dead{dead}")), 0);
        let next = format!("dead{}", dead + 1);
        assert_eq!(poll(&next), 1);
        control.until(|| poll(&next) == 0);
    }
    // Each is waited for all the same.
    let shown = fleet(&control);
    assert_eq!(shown["nodes"].as_array().unwrap().len(), 4);
}
