use intermission_testkit::control::Home;
use intermission_testkit::wait_for;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::entries::entries;
use super::passes::{create, names};
use crate::timers::service::{enter, outlive, summary, time, wait_until};

#[test]
fn control_takes_off_what_has_ended_in_one_change_of_each_service() {
    let home = Home::new();
    let control = home.start();
    let until = Timestamp::now() + SignedDuration::from_secs(8);
    for service in ["shop", "pay"] {
        control.add(service);
        for (path, body) in [
            (
                "allowlist/add",
                json!({ "cidrs": ["203.0.113.7"], "name": "ann", "until": until }),
            ),
            (
                "allowlist/add",
                json!({ "cidrs": ["203.0.113.8"], "until": until }),
            ),
            (
                "allowlist/add",
                json!({ "cidrs": ["203.0.113.9"], "for": "1h" }),
            ),
            ("passes", json!({ "name": "bob", "until": until })),
            ("passes", json!({ "name": "eve" })),
        ] {
            let answer = control.post(&format!("/v1/services/{service}/{path}"), &body);
            assert!(answer.status < 300, "{}", answer.json());
        }
    }
    for service in ["shop", "pay"] {
        control.until(|| control.history(service).last().unwrap()["actor"] == "timer");
        let history = control.history(service);
        let end = history.last().unwrap();
        assert_eq!(end["action"], "allowlist end");
        assert!(time(&end["at"]) >= until, "not a moment early");
        let reasons = history.iter().filter(|entry| entry["actor"] == "timer");
        let reasons: Vec<_> = reasons
            .map(|entry| entry["reason"].as_str().unwrap())
            .collect();
        assert_eq!(
            reasons,
            ["ended: 203.0.113.7 (ann), 203.0.113.8, the pass bob"]
        );
        let document = control.state(service).json();
        assert_eq!(document["allowlist"]["cidrs"], json!(["203.0.113.9"]));
        assert_eq!(document["allowlist"]["passes"].as_array().unwrap().len(), 1);
    }
    assert_eq!(names(&control), ["eve"]);
    let printed = home.run(&control, &["history", "shop"]).done();
    for line in [
        "allowlist end by timer: ended: 203.0.113.7 (ann), 203.0.113.8, the pass bob\n",
        "allowlist.cidrs -203.0.113.7 -203.0.113.8\n",
        "pass bob until 2",
    ] {
        assert!(printed.contains(line), "{line} is not in {printed}");
    }
    // It ends each once.
    let revisions = control.history("shop").len();
    outlive(&control);
    assert_eq!(control.history("shop").len(), revisions);
}

#[test]
fn what_has_ended_while_control_was_down_goes_at_its_start() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let line = [
        "allowlist",
        "add",
        "shop",
        "203.0.113.7",
        "--name",
        "ann",
        "--for",
        "2s",
    ];
    home.run(&control, &line).done();
    home.run(
        &control,
        &["allowlist", "add", "shop", "203.0.113.8", "--for", "1h"],
    )
    .done();
    create(&home, &control, &["shop", "bob", "--for", "2s"]);
    create(&home, &control, &["shop", "eve", "--for", "1h"]);
    // A timer of the same service is due too: it goes by a change of its own.
    enter(&control, "shop", &json!({ "for": "2s" }));
    let due = time(&summary(&control, "shop")["timer"]["at"]);
    let before = entries(&control);
    control.kill();
    wait_until(due);
    let mut control = home.start();
    control.until(|| entries(&control).len() == 1 && names(&control) == ["eve"]);
    control.until(|| control.state("shop").json()["maintenance"] == "off");
    assert_eq!(entries(&control), before[1..]);
    let history = control.history("shop");
    let by_timer = history.iter().filter(|entry| entry["actor"] == "timer");
    let actions: Vec<_> = by_timer.map(|entry| entry["action"].clone()).collect();
    assert_eq!(json!(actions), json!(["exit", "allowlist end"]));
    control.kill();
    let control = home.start();
    outlive(&control);
    assert_eq!(control.history("shop").len(), history.len());
}

#[test]
fn an_end_that_was_put_off_ends_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let add = |more: &[&str]| {
        let line = ["allowlist", "add", "shop", "203.0.113.7"];
        home.run(&control, &[&line[..], more].concat()).done();
    };
    add(&["--for", "1s"]);
    add(&["--for", "1h"]);
    outlive(&control);
    assert_eq!(entries(&control).len(), 1);
    add(&["--for", "1s"]);
    // Words without an end take the end away.
    add(&["--name", "ann"]);
    outlive(&control);
    assert_eq!(entries(&control)[0]["until"], Value::Null);
}

#[test]
fn an_end_that_the_disk_refuses_is_tried_again() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    home.run(
        &control,
        &["allowlist", "add", "shop", "203.0.113.7", "--for", "1s"],
    )
    .done();
    // Another process writes for longer than control waits.
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    wait_for("nothing is said", || {
        let log = home.log();
        (log.contains("an entry or a pass that has ended is still there")
            && log.contains("trying again in 5 s"))
        .then_some(())
    });
    store.execute_batch("ROLLBACK").unwrap();
    drop(store);
    control.until(|| entries(&control).is_empty());
}
