//! What a timer ends.

use intermission_testkit::control::{Ask, Home};
use intermission_testkit::wait_for;
use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::{Value, json};

use super::service::{enter, outlive, summary, time, wait_open, wait_until};

#[test]
fn a_timer_ends_the_maintenance_and_history_names_who_set_it() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let begun = Timestamp::now();
    let entered = enter(
        &control,
        "shop",
        &json!({ "for": "1s", "reason": "deploy" }),
    );
    let at = time(&entered["timer"]["at"]);
    assert!(at >= begun + SignedDuration::from_secs(1));
    assert!(at <= Timestamp::now() + SignedDuration::from_secs(2));
    assert_eq!(at, at.round(Unit::Second).unwrap());
    // Visitors read the same moment.
    assert_eq!(time(&entered["notice"]["until"]), at);
    assert_eq!(entered["timer"]["length"], "1s");
    assert_eq!(entered["timer"]["set"]["actor"], "operator");
    assert_eq!(entered["timer"]["set"]["reason"], "deploy");
    wait_open(&control, "shop");

    let history = control.history("shop");
    assert_eq!(history.len(), 3);
    assert_eq!(history[1]["timer"], entered["timer"]);
    let end = &history[2];
    assert!(time(&end["at"]) >= at, "not a moment early");
    assert_eq!(end["action"], "exit");
    assert_eq!(end["actor"], "timer");
    assert_eq!(end["reason"], "set by operator in revision 2, for 1s");
    assert_eq!(end["timer"], Value::Null);
    assert_eq!(end["before"]["maintenance"], "all");
    assert_eq!(end["after"]["maintenance"], "off");
    assert_eq!(summary(&control, "shop")["timer"], Value::Null);

    let output = home.run(&control, &["history", "shop"]).done();
    for line in [
        "exit by timer: set by operator in revision 2, for 1s\n".to_owned(),
        format!("timer nothing -> {at} (for 1s)\n"),
        format!("timer {at} (for 1s) -> nothing\n"),
    ] {
        assert!(output.contains(&line), "{line} is not in {output}");
    }
    // It ends it once.
    outlive(&control);
    assert_eq!(control.history("shop").len(), 3);
}

#[test]
fn a_timer_outlives_control_and_ends_what_was_due_meanwhile() {
    let home = Home::new();
    let mut control = home.start();
    for service in ["shop", "pay", "stock"] {
        control.add(service);
    }
    enter(&control, "shop", &json!({ "for": "1s" }));
    enter(&control, "pay", &json!({ "for": "1h" }));
    enter(&control, "stock", &json!({ "for": "1h" }));
    // Later revisions keep the timer.
    control.post("/v1/services/pay/allowlist/enable", &json!({}));
    let before = summary(&control, "pay")["timer"].clone();
    let due = time(&summary(&control, "shop")["timer"]["at"]);
    control.kill();
    wait_until(due);
    let mut control = home.start();
    wait_open(&control, "shop");
    assert_eq!(control.history("shop").last().unwrap()["actor"], "timer");
    assert_eq!(summary(&control, "pay")["timer"], before);
    assert_eq!(control.state("pay").json()["maintenance"], "all");
    control.post("/v1/services/stock/exit", &json!({}));
    assert_eq!(control.stop(), Some(0));
    let control = home.start();
    assert_eq!(summary(&control, "pay")["timer"], before);
    assert_eq!(summary(&control, "stock")["timer"], Value::Null);
    assert_eq!(control.history("shop").len(), 3);
}

#[test]
fn a_timer_ends_no_later_maintenance() {
    let home = Home::new();
    let control = home.start();
    for service in ["exited", "patched", "rolled", "other"] {
        control.add(service);
    }
    for service in ["exited", "patched", "rolled"] {
        enter(&control, service, &json!({ "for": "1s" }));
    }
    enter(&control, "other", &json!({}));
    let gone = control.post("/v1/services/exited/exit", &json!({})).json();
    assert_eq!(gone["timer"], Value::Null);
    let etag = control.state("patched").etag();
    let gone = control.patch("patched", &etag, &json!({ "maintenance": "off" }));
    assert_eq!(gone.json()["timer"], Value::Null);
    let gone = control.post("/v1/services/rolled/rollback", &json!({ "revision": 1 }));
    assert_eq!(gone.json()["timer"], Value::Null);
    let begun = enter(&control, "exited", &json!({}));
    assert_eq!(begun["timer"], Value::Null);
    let etag = control.state("patched").etag();
    control.patch("patched", &etag, &json!({ "maintenance": "all" }));
    // A rollback to what had a timer does not set one, and says so.
    let back = control.post("/v1/services/rolled/rollback", &json!({ "revision": 2 }));
    let back = back.json();
    assert_eq!(back["timer"], Value::Null);
    assert_eq!(
        back["warnings"],
        json!([
            "a rollback brings no timer back, so rolled does not leave by itself; to set one: intermission enter \
             rolled --for DURATION"
        ])
    );
    outlive(&control);
    for (service, revision) in [("exited", 4), ("patched", 4), ("rolled", 4), ("other", 2)] {
        let state = control.state(service).json();
        assert_eq!(
            (&state["maintenance"], &state["revision"]),
            (&json!("all"), &json!(revision)),
            "{service}"
        );
    }
}

#[test]
fn a_timer_that_races_with_changes_ends_only_what_it_was_set_for() {
    let home = Home::new();
    let control = home.start();
    let services = ["a", "b", "c", "d"];
    for service in services {
        control.add(service);
    }
    std::thread::scope(|scope| {
        for service in services {
            let (address, token) = (&control.address, &control.token);
            let post = move |action: &str, body: Value| {
                let ask = Ask::new("POST", format!("/v1/services/{service}/{action}"))
                    .header("authorization", format!("Bearer {token}"));
                let answer = ask.json(&body).send(address).unwrap();
                assert_eq!(answer.status, 200);
                answer.json()
            };
            scope.spawn(move || {
                for round in 0..5 {
                    let set = post("enter", json!({ "for": "1s" }));
                    let jitter = SignedDuration::from_millis(fastrand::i64(-8..8));
                    wait_until(time(&set["timer"]["at"]) + jitter);
                    match round {
                        0 => post("exit", json!({})),
                        1 => post("enter", json!({ "for": "none" })),
                        2 => post("enter", json!({ "for": "1h" })),
                        3 => post("allowlist/enable", json!({})),
                        _ => post("enter", json!({ "message": "round" })),
                    };
                }
            });
        }
    });
    let mut ended = 0;
    for service in services {
        let history = control.history(service);
        for pair in history.windows(2) {
            if pair[1]["actor"] == "timer" {
                ended += 1;
                let at = time(&pair[0]["timer"]["at"]);
                assert!(at <= time(&pair[1]["at"]), "{pair:?}");
                let set = &pair[0]["timer"]["set"]["revision"];
                let named = format!("set by operator in revision {set}, for 1s");
                assert_eq!(pair[1]["reason"], named);
            }
        }
    }
    println!("{ended} ended by their timers");
    assert!(ended > 0, "no timer had a chance");
}

#[test]
fn a_timer_that_the_disk_refuses_tries_again() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    enter(&control, "shop", &json!({ "for": "1s" }));
    // Another process writes for longer than control waits.
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    wait_for("nothing is said", || {
        let log = home.log();
        (log.contains("the timer did not end the maintenance")
            && log.contains("trying again in 5 s"))
        .then_some(())
    });
    assert_eq!(control.state("shop").json()["maintenance"], "all");
    let output = home.run(&control, &["status", "shop"]).done();
    assert!(
        output.contains("if it does not leave within seconds, see control's log"),
        "{output}"
    );
    store.execute_batch("ROLLBACK").unwrap();
    drop(store);
    wait_open(&control, "shop");
    assert_eq!(control.history("shop").len(), 3);
}
