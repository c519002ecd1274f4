use std::sync::mpsc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::{Value, json};

use crate::harness::{Control, Home};
use crate::http::Ask;

const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for something, with a bound.
#[track_caller]
fn wait_for<T>(what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    let (_kept, nothing) = mpsc::channel::<()>();
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}");
        let _ = nothing.recv_timeout(Duration::from_millis(20));
    }
}

/// Waits until the clock has come to `moment`.
fn wait_until(moment: Timestamp) {
    let (_kept, nothing) = mpsc::channel::<()>();
    while let Ok(left) = Duration::try_from(moment.duration_since(Timestamp::now())) {
        let _ = nothing.recv_timeout(left + Duration::from_millis(1));
    }
}

#[track_caller]
fn wait_open(control: &Control, service: &str) {
    wait_for(&format!("{service} is still closed"), || {
        (control.state(service).json()["maintenance"] == "off").then_some(())
    });
}

fn enter(control: &Control, service: &str, body: &Value) -> Value {
    let answer = control.post(&format!("/v1/services/{service}/enter"), body);
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

fn summary(control: &Control, service: &str) -> Value {
    let list = control.get("/v1/services").json();
    let services = list["services"].as_array().unwrap();
    services
        .iter()
        .find(|found| found["service"] == service)
        .unwrap()
        .clone()
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// Waits until every timer of up to a second has been looked at: one of another service, set later, has ended.
fn outlive(control: &Control) {
    control.post("/v1/services", &json!({ "name": "witness" }));
    enter(control, "witness", &json!({ "for": "2s" }));
    wait_open(control, "witness");
}

#[test]
fn a_timer_ends_the_maintenance_and_history_tells_whose_it_was() {
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
    // Visitors are told the same moment.
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

    let told = home.run(&control, &["history", "shop"]).done();
    for line in [
        "exit by timer: set by operator in revision 2, for 1s\n".to_owned(),
        format!("timer nothing -> {at} (for 1s)\n"),
        format!("timer {at} (for 1s) -> nothing\n"),
    ] {
        assert!(told.contains(&line), "{line} is not in {told}");
    }
    // Once is enough.
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
fn entering_again_extends_and_says_nothing_where_it_names_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let first = enter(&control, "shop", &json!({ "for": "1s" }));
    let second = enter(&control, "shop", &json!({ "for": "3h" }));
    assert_eq!(second["changed"], true);
    let more = time(&second["timer"]["at"]).duration_since(time(&first["timer"]["at"]));
    assert!(more > SignedDuration::from_hours(2), "{more}");
    assert_eq!(second["notice"]["until"], second["timer"]["at"]);
    assert_eq!(second["timer"]["set"]["revision"], 3);
    let third = enter(&control, "shop", &json!({}));
    assert_eq!(
        (&third["changed"], &third["timer"]),
        (&json!(false), &second["timer"])
    );
    outlive(&control);
    assert_eq!(control.state("shop").json()["maintenance"], "all");
    // Shortening is as good.
    enter(&control, "shop", &json!({ "for": "1s" }));
    wait_open(&control, "shop");
    let reason = control.history("shop").last().unwrap()["reason"].clone();
    assert_eq!(reason, "set by operator in revision 4, for 1s");
}

#[test]
fn a_timer_can_be_taken_away() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    enter(&control, "shop", &json!({ "for": "1s" }));
    let taken = enter(&control, "shop", &json!({ "for": "none" }));
    assert_eq!(taken["changed"], true);
    assert_eq!(taken["timer"], Value::Null);
    // The end was announced because of the timer.
    assert_eq!(taken["notice"]["until"], Value::Null);
    assert_eq!(
        enter(&control, "shop", &json!({ "for": "none" }))["changed"],
        false
    );
    outlive(&control);
    assert_eq!(control.state("shop").json()["maintenance"], "all");

    // An end that was announced for another reason stays, and the change is in the history all the same.
    enter(&control, "shop", &json!({ "for": "1h" }));
    let until = "2199-01-01T00:00:00Z";
    let told = enter(&control, "shop", &json!({ "until": until }));
    let warning = told["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with(&format!(
            "visitors read {until}, but shop leaves by itself at "
        )),
        "{warning}"
    );
    let taken = enter(&control, "shop", &json!({ "for": "none" }));
    assert_eq!(taken["notice"]["until"], until);
    assert_eq!(
        (&taken["changed"], &taken["revision"]),
        (&json!(true), &json!(6))
    );
    assert_eq!(control.history("shop")[5]["timer"], Value::Null);
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
    let etag = control.state("patched").header("etag").unwrap().to_owned();
    let gone = control.patch("patched", &etag, &json!({ "maintenance": "off" }));
    assert_eq!(gone.json()["timer"], Value::Null);
    let gone = control.post("/v1/services/rolled/rollback", &json!({ "revision": 1 }));
    assert_eq!(gone.json()["timer"], Value::Null);
    let begun = enter(&control, "exited", &json!({}));
    assert_eq!(begun["timer"], Value::Null);
    let etag = control.state("patched").header("etag").unwrap().to_owned();
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
fn status_and_enter_count_down() {
    let home = Home::new();
    let control = home.start();
    let run = |line: &str| home.run(&control, &line.split(' ').collect::<Vec<_>>());
    control.add("shop");
    assert!(!run("status").done().contains("leaves"));
    let without = run("enter shop").done();
    assert!(
        without.contains("timer      none: it lasts until an operator ends it\n"),
        "{without}"
    );
    let entered = run("enter shop --for 1h30m").done();
    let at = time(&summary(&control, "shop")["timer"]["at"]);
    let clock = at.strftime("%H:%M").to_string();
    for told in [
        &entered,
        &run("status shop").done(),
        &run("enter shop").done(),
    ] {
        let line = told.lines().find(|line| line.contains("timer  ")).unwrap();
        let counted = ["in 1 h 29 min", "in 1 h 30 min"];
        assert!(
            counted.iter().any(|counted| line.contains(counted)),
            "{line}"
        );
        assert!(line.contains("  leaves by itself in "), "{line}");
        assert!(line.contains(&format!(", at {clock}")), "{line}");
        assert!(
            line.ends_with(" UTC (set by operator for 1h 30m)"),
            "{line}"
        );
        assert!(
            told.contains("more time, from now on: intermission enter shop --for DURATION"),
            "{told}"
        );
    }
    let list = run("status").done();
    assert!(list.contains("  leaves by itself in 1 h "), "{list}");
    let shown = run("status shop --output json").json();
    assert_eq!(time(&shown["services"][0]["timer"]["at"]), at);
    let taken = run("enter shop --for none").done();
    assert!(taken.contains("timer      none"), "{taken}");
}

#[test]
fn what_is_no_duration_is_refused() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |length: &str| home.run(&control, &["enter", "shop", "--for", length]);
    assert_eq!(
        run("2x").failed(7),
        "intermission: nothing was changed: --for \"2x\" is not a duration; write it like 2h, 90m or 1h30m, or none \
         for no timer\n"
    );
    assert_eq!(
        run("31d").failed(7),
        "intermission: nothing was changed: --for \"31d\" is not between 1 second and 30 days; for no timer, write \
         none\n"
    );
    let both = [
        "enter",
        "shop",
        "--for",
        "2h",
        "--until",
        "2199-01-01T00:00:00Z",
    ];
    let said = home.run(&control, &both).failed(2);
    assert!(
        said.contains("'--for <DURATION>' cannot be used with '--until <TIME>'"),
        "{said}"
    );
    for (body, pointer, reason) in [
        (
            json!({ "for": "02:00" }),
            "/for",
            "\"02:00\" is not a duration; write it like 2h, 90m or 1h30m, or none for no timer",
        ),
        (
            json!({ "for": "0s" }),
            "/for",
            "\"0s\" is not between 1 second and 30 days; for no timer, write none",
        ),
        (json!({ "for": 7200 }), "/for", "7200 is not a string"),
        (
            json!({ "for": "2h", "until": "2199-01-01T00:00:00Z" }),
            "/until",
            "visitors read the end that \"for\" makes; name only one of the two",
        ),
    ] {
        let problem = control.post("/v1/services/shop/enter", &body);
        let problem = problem.problem(422, "invalid");
        assert_eq!(problem["pointer"], pointer, "{body}");
        assert_eq!(problem["detail"], format!("{pointer}: {reason}"));
    }
    let exit = control.post("/v1/services/shop/exit", &json!({ "for": "2h" }));
    assert_eq!(exit.problem(422, "invalid")["pointer"], "/for");
    assert_eq!(control.history("shop").len(), 1);
}

#[test]
fn a_retried_enter_sets_no_timer_again() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let ask = Ask::new("POST", "/v1/services/shop/enter")
        .header("idempotency-key", "a")
        .json(&json!({ "for": "2h" }));
    let ask = control.authorized(ask);
    let first = control.ask(ask.clone()).json();
    enter(&control, "shop", &json!({ "for": "none" }));
    assert_eq!(control.ask(ask).json(), first);
    assert_eq!(first["timer"]["length"], "2h");
    assert_eq!(summary(&control, "shop")["timer"], Value::Null);
    assert_eq!(control.history("shop").len(), 3);
}

#[test]
fn who_extends_too_late_is_told_that_it_was_open() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    enter(&control, "shop", &json!({ "for": "1s" }));
    wait_open(&control, "shop");
    let late = enter(&control, "shop", &json!({ "for": "1h" }));
    let warning = late["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("shop was open since ")
            && warning.ends_with(", when the timer of the last maintenance ended it"),
        "{warning}"
    );
}

#[test]
fn a_timer_that_the_disk_refuses_tries_again() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    enter(&control, "shop", &json!({ "for": "1s" }));
    // Somebody else writes, which control gives up waiting for.
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    store.execute_batch("BEGIN IMMEDIATE").unwrap();
    wait_for("nothing is said", || {
        let log = home.log();
        (log.contains("the timer did not end the maintenance")
            && log.contains("trying again in 5 s"))
        .then_some(())
    });
    assert_eq!(control.state("shop").json()["maintenance"], "all");
    let told = home.run(&control, &["status", "shop"]).done();
    assert!(
        told.contains("if it does not leave within seconds, see control's log"),
        "{told}"
    );
    store.execute_batch("ROLLBACK").unwrap();
    drop(store);
    wait_open(&control, "shop");
    assert_eq!(control.history("shop").len(), 3);
}

#[test]
fn the_end_that_visitors_were_told_is_taken_back() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &str| home.run(&control, &line.split(' ').collect::<Vec<_>>());
    let until = || summary(&control, "shop")["notice"]["until"].clone();
    let soon = Timestamp::now() + SignedDuration::from_hours(1);
    run(&format!("enter shop --until {soon}")).done();
    run("enter shop").done();
    assert_ne!(until(), Value::Null);
    run("enter shop --until none").done();
    assert_eq!(until(), Value::Null);
    enter(&control, "shop", &json!({ "until": soon.to_string() }));
    enter(&control, "shop", &json!({ "until": null }));
    assert_eq!(until(), Value::Null);
    // Whoever sets a timer as well means its end.
    enter(&control, "shop", &json!({ "until": null, "for": "2h" }));
    assert_ne!(until(), Value::Null);
}
