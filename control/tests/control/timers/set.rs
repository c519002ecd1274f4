//! How a timer is set, extended and taken away.

use intermission_testkit::control::{Ask, Home};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::service::{enter, outlive, summary, time, wait_open};

#[test]
fn entering_again_extends_the_timer_and_without_a_duration_keeps_it() {
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
    // A timer can be shortened as well.
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
    let answer = enter(&control, "shop", &json!({ "until": until }));
    let warning = answer["warnings"][0].as_str().unwrap();
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
    for answer in [
        &entered,
        &run("status shop").done(),
        &run("enter shop").done(),
    ] {
        let line = answer
            .lines()
            .find(|line| line.contains("timer  "))
            .unwrap();
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
            answer.contains("more time, from now on: intermission enter shop --for DURATION"),
            "{answer}"
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
fn an_extension_that_comes_too_late_says_that_the_service_was_open() {
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
fn the_end_that_visitors_read_is_withdrawn_with_its_timer() {
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
    // With a timer of its own, the end is that of the timer.
    enter(&control, "shop", &json!({ "until": null, "for": "2h" }));
    assert_ne!(until(), Value::Null);
}
