use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Control, Home};
use crate::http::Ask;
use crate::node::{Node, applied, enter, fleet, shop};

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
fn the_progress_is_told() {
    let (home, control, mut a) = shop();
    let mut waiting = enter(&home, &control, &[]);
    a.runs(&control);
    // What is news for a moment only is not told.
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
fn what_is_in_force_is_told_at_once_and_the_end_under_its_service() {
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
fn whoever_joins_on_the_way_is_waited_for() {
    let (home, control, mut a) = shop();
    let mut waiting = enter(&home, &control, &[]);
    // It has asked before, and may have been told the old state.
    let mut late = Node::new("late");
    late.starts(&control);
    a.follows(&control);
    waiting.goes_on();
    late.follows(&control);
    waiting.ends().done();
}

#[test]
fn a_node_is_known_before_it_is_told_the_state() {
    let (home, control, _) = shop();
    let ask = |ask: Ask| {
        let (ask, address) = (control.authorized(ask), control.address.clone());
        let (send, answer) = std::sync::mpsc::channel();
        std::thread::spawn(move || send.send(ask.send(&address).unwrap()));
        answer
    };
    // Another process writes, so that the change is on its way to the disk for a while.
    let other = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let enter = ask(Ask::new("POST", "/v1/services/shop/enter"));
    let history = "/v1/services/shop/history";
    let moment = Duration::from_millis(300);
    control.until(|| ask(Ask::new("GET", history)).recv_timeout(moment).is_err());
    let report = Node::new("late").report("");
    let late = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
    let late = ask(late);
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
fn what_lives_is_not_forgotten_with_what_is_lost() {
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
    let refused = home.run(&control, &forget).failed(7);
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
fn an_exit_by_somebody_else_supersedes() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    control.post("/v1/services/shop/exit", &json!({}));
    // As soon as may be, back in force.
    control.post("/v1/services/shop/enter", &json!({}));
    a.follows(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(13), "{}", run.err);
    assert!(
        run.out
            .contains("superseded: revision 3 may admit requests that revision 2 refuses"),
        "{}",
        run.out
    );
}

#[test]
fn a_change_that_lets_in_nobody_else_does_not_supersede() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    control.post(
        "/v1/services/shop/enter",
        &json!({ "message": "Back at two." }),
    );
    a.follows(&control);
    waiting.ends().done();
}

#[test]
fn a_retry_after_somebodys_exit_is_told_that_it_was_superseded() {
    let (_home, control, mut a) = shop();
    let enter = || {
        let ask = Ask::new("POST", "/v1/services/shop/enter").header("idempotency-key", "once");
        control.ask(control.authorized(ask).json(&json!({ "wait": true })))
    };
    let first = enter().json();
    control.post("/v1/services/shop/exit", &json!({}));
    a.follows(&control);
    let again = enter().json();
    assert_eq!(again["barrier"], first["barrier"]);
    let path = format!("/v1/barriers/{}", again["barrier"].as_str().unwrap());
    control.until(|| control.get(&path).json()["ending"] == "superseded");
    assert_eq!(control.state("shop").json()["maintenance"], "off");
}

#[test]
fn a_node_that_refuses_the_document_is_named() {
    let (home, control, mut a) = shop();
    let before = applied(&control);
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.says(
        &control,
        &format!("{before};error=%\"/critical/0: %22new%22 is not known\""),
    );
    let run = waiting.ends();
    assert_eq!(run.code, Some(10), "{}", run.err);
    assert!(
        run.out
            .contains("a (tower b1): refuses the document, revision 1")
    );
    assert!(run.out.contains(": /critical/0: \"new\" is not known\n"));
}

#[test]
fn silence_is_loss_and_not_an_end() {
    let (home, control, mut a) = shop();
    let mut b = Node {
        wait: 1,
        ..Node::new("b")
    };
    b.starts(&control);
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.follows(&control);
    let run = waiting.ends();
    assert_eq!(run.code, Some(9), "{}", run.err);
    assert!(run.out.contains("b (tower b1): lost"), "{}", run.out);
    assert!(!run.out.contains("a (tower"), "{}", run.out);
}

#[test]
fn a_node_that_dies_with_the_state_in_force_is_told_before_the_switch_is_thrown() {
    let (home, control, _) = shop();
    let mut b = Node {
        wait: 1,
        ..Node::new("b")
    };
    b.starts(&control);
    b.follows(&control);
    let members = |standing: &str, count: usize| {
        let text = String::from_utf8(control.get("/metrics").body).unwrap();
        let metric = "intermission_control_members{service=\"shop\",standing=";
        text.contains(&format!("{metric}\"{standing}\"}} {count}\n"))
    };
    assert!(members("drained", 2));
    control.until(|| members("lost", 1));
    assert!(members("drained", 1));
    let status = home.run(&control, &["status"]).done();
    assert!(
        status.contains("nodes 1 of 1, 1 lost, not heard since 2"),
        "{status}"
    );
    let alone = home.run(&control, &["status", "shop"]).done();
    assert!(
        alone.contains("nodes      1 of 1, 1 lost, not heard since 2"),
        "{alone}"
    );
    assert!(
        alone.contains("b (tower b1): lost; it had it in force; it hinders no wait for this, and counts for nothing"),
        "{alone}"
    );
    // To a wait it is what it said last: nothing ran there.
    assert_eq!(fleet(&control)["nodes"][1]["standing"], "drained");
}

#[test]
fn a_silent_thread_leaves_everybody_unsure() {
    let (home, control, mut a) = shop();
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    let silent = format!("{};silent=\"t1\"", applied(&control));
    a.says(&control, &silent);
    let run = waiting.ends();
    assert_eq!(run.code, Some(11), "{}", run.err);
    assert!(run.out.contains("unsure: threads that are silent: t1"));
    let forget = ["node", "forget", "shop", "a"];
    let said = home.run(&control, &forget).done();
    let kept = "shop: a (boot b1) lives and is waited for, but not for its silent threads: t1\n";
    assert_eq!(said, kept);
    assert_eq!(fleet(&control)["nodes"][0]["standing"], "drained");
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.says(&control, &silent);
    waiting.ends().done();
}

#[test]
fn a_forgiven_thread_that_has_spoken_is_forgiven_no_more() {
    let (home, mut control, mut a) = shop();
    let forget = ["node", "forget", "shop", "a"];
    let standing = |control: &Control| fleet(control)["nodes"][0]["standing"].clone();
    let mut says = |control: &Control, silent: &str| {
        a.says(control, &format!("{}{silent}", applied(control)));
        standing(control)
    };
    let (one, two) = (";silent=\"t1\"", ";silent=\"t1 t2\"");
    assert_eq!(says(&control, two), "unsure");
    home.run(&control, &forget).done();
    assert_eq!(says(&control, two), "drained");
    // Which threads the last name stands for is not told, so that none of them has spoken for sure.
    assert_eq!(says(&control, ";silent=\"t3 more-4f\""), "unsure");
    home.run(&control, &forget).done();
    assert_eq!(says(&control, two), "drained");
    assert_eq!(says(&control, one), "drained");
    assert_eq!(says(&control, two), "unsure");
    assert_eq!(says(&control, ""), "drained");
    assert_eq!(says(&control, one), "unsure");

    // A restart remembers what is forgiven, and what is not any more.
    home.run(&control, &forget).done();
    control.kill();
    let mut control = home.start_at(&control.address);
    assert_eq!(says(&control, one), "drained");
    assert_eq!(says(&control, ""), "drained");
    control.kill();
    let control = home.start_at(&control.address);
    assert_eq!(says(&control, one), "unsure");
}

#[test]
fn the_time_may_be_up() {
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
fn nodes_that_never_spoke_are_missed_where_they_are_expected() {
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
fn a_poll_that_the_farewell_has_overtaken_makes_no_member() {
    let (_home, control, mut a) = shop();
    let mut late = a.clone();
    // The first to arrive may be the farewell.
    let mut b = Node::new("b");
    b.seq = 1;
    for node in [&mut a, &mut b] {
        node.seq += 1;
        node.says(&control, ";leaving");
    }
    late.starts(&control);
    Node::new("b").starts(&control);
    assert_eq!(fleet(&control)["nodes"], json!([]));
    // Whoever has thought better of it is a member again.
    a.starts(&control);
    assert_eq!(fleet(&control)["nodes"][0]["name"], "a");
}

#[test]
fn while_somebody_waits_polls_are_held_for_a_moment_only() {
    let (home, control, mut a) = shop();
    let _waiting = enter(&home, &control, &[]);
    let etag = control.state("shop").header("etag").unwrap().to_owned();
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
fn a_watched_wait_is_a_held_poll_and_hearing_from_a_node_is_no_news() {
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
        let etag = || control.get(path).header("etag").unwrap().to_owned();
        // Until what the node has said is looked at.
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
            let (ask, address) = (control.authorized(ask), control.address.clone());
            std::thread::spawn(move || ask.send(&address).unwrap())
        };
        let watching = watch(etag(), "wait=1");
        control.until(held);
        a.starts(&control);
        assert_eq!(watching.join().unwrap().status, 304, "{path}");
        let watching = watch(etag(), "wait=30");
        control.until(held);
        a.runs(&control);
        assert_eq!(watching.join().unwrap().status, 200, "{path}");
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
    // Whoever was heard before the crash is heard anew.
    assert_eq!(fleet(&control)["nodes"][0]["standing"], "unheard");
    b.follows(&control);
    waiting.goes_on();
    a.follows(&control);
    waiting.ends().done();
}

#[test]
fn an_end_that_the_disk_refuses_is_told_and_kept_later() {
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

#[test]
fn a_change_that_control_made_before_it_crashed_supersedes_after_it() {
    let (home, mut control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    control.post("/v1/services/shop/exit", &json!({}));
    control.post("/v1/services/shop/enter", &json!({}));
    control.kill();
    let control = home.start_at(&control.address);
    a.follows(&control);
    assert_eq!(waiting.ends().code, Some(13));
}

#[test]
fn a_later_revision_that_cannot_be_read_any_more_supersedes() {
    let (home, mut control, mut a) = shop();
    let waiting = enter(&home, &control, &[]);
    for message in ["Back at two.", "Back at three."] {
        control.post("/v1/services/shop/enter", &json!({ "message": message }));
    }
    control.kill();
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    let unreadable = "DROP TRIGGER history_is_never_changed;
                      UPDATE history SET after = '{}' WHERE revision = 3;";
    store.execute_batch(unreadable).unwrap();
    drop(store);
    let control = home.start_at(&control.address);
    a.follows(&control);
    assert_eq!(waiting.ends().code, Some(13));
}

#[test]
fn a_data_folder_of_yesterday_is_a_fork() {
    let (home, mut control, mut a) = shop();
    control.stop();
    let yesterday = home.path().join("yesterday");
    let copy = |from: &std::path::Path, to: &std::path::Path| {
        std::fs::create_dir_all(to).unwrap();
        for file in std::fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    };
    copy(&home.data(), &yesterday);
    let mut control = home.start_at(&control.address);
    control.post(
        "/v1/services/shop/enter",
        &json!({ "message": "A change that the copy does not know." }),
    );
    control.post("/v1/services/shop/exit", &json!({}));
    a.follows(&control);
    let ahead = applied(&control);
    control.stop();
    std::fs::remove_dir_all(home.data()).unwrap();
    copy(&yesterday, &home.data());

    let control = home.start_at(&control.address);
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.says(
        &control,
        &format!("{ahead};error=%\"revision 2 is older than revision 3\""),
    );
    let run = waiting.ends();
    assert_eq!(run.code, Some(12), "{}{}", run.out, run.err);
    assert!(run.out.contains("intermission store adopt"), "{}", run.out);

    // Another document with the number of one that this store knows is no better.
    let waiting = enter(&home, &control, &["--timeout", "30s", "--message", "x"]);
    a.says(&control, &ahead);
    assert_eq!(waiting.ends().code, Some(12));

    let before = control.state("shop").json();
    home.run(&control, &["store", "adopt"]).done();
    let after = control.state("shop").json();
    assert!(after["store"].as_str() > before["store"].as_str());
    assert_eq!(after["maintenance"], "all");
    a.says(&control, &ahead);
    assert_eq!(fleet(&control)["nodes"][0]["standing"], "behind");
    let waiting = enter(&home, &control, &["--timeout", "30s"]);
    a.follows(&control);
    waiting.ends().done();
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
    for (line, said) in [
        (&["b", "x"][..], "\"x\" is no node of shop"),
        (&["b", "a"], "a (boot b1) was heard at 2"),
        (
            &["b", "--boot", "zzz"],
            "Unknown boot; nothing was changed: no process of \"b\" of shop has the boot \"zzz\"; there are: b1",
        ),
    ] {
        let refused = run(line).failed(7);
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

#[test]
fn health_checks_that_maintenance_refuses_are_named_with_the_switch_and_in_the_status() {
    let (home, control, mut a) = shop();
    let probed = ";probed=\"kube-probe:/up GoogleHC:/healthz\"";
    a.says(&control, &format!("{}{probed}", applied(&control)));
    let claims =
        "maintenance refuses /up, which a client that claims to be kube-probe asks 1 node for";
    let entered = home.run(&control, &["enter", "shop"]).done();
    assert!(entered.contains(claims), "{entered}");
    assert!(!entered.contains("/healthz"), "{entered}");
    let status = home.run(&control, &["status", "shop"]).done();
    assert!(status.contains(claims), "{status}");
    // Reads pass where only writes are refused.
    let writes = home
        .run(&control, &["enter", "shop", "--writes-only"])
        .done();
    assert!(!writes.contains("claims to be"), "{writes}");
}
