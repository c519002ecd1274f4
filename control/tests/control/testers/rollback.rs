use intermission_testkit::control::{Control, Home};
use serde_json::{Value, json};

use super::entries::entries;
use super::passes::{create, names};

fn roll_back(control: &Control, revision: u64) {
    let body = json!({ "revision": revision });
    let answer = control.post("/v1/services/shop/rollback", &body);
    assert_eq!(answer.status, 200, "{}", answer.json());
}

fn revision(control: &Control) -> u64 {
    control.state("shop").json()["revision"].as_u64().unwrap()
}

#[test]
fn a_rollback_brings_no_pass_back_and_takes_none_away() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    create(&home, &control, &["shop", "ann"]);
    create(&home, &control, &["shop", "bob", "--for", "1s"]);
    home.run(&control, &["allowlist", "enable", "shop"]).done();
    let both = revision(&control);
    control.until(|| names(&control) == ["ann"]);
    home.run(&control, &["pass", "revoke", "shop", "ann"])
        .done();
    create(&home, &control, &["shop", "eve"]);
    home.run(&control, &["allowlist", "disable", "shop"]).done();
    roll_back(&control, both);
    assert_eq!(control.state("shop").json()["allowlist"]["enabled"], true);
    assert_eq!(names(&control), ["eve"]);
    roll_back(&control, 1);
    assert_eq!(names(&control), ["eve"]);
    // A new maintenance begins with the allowlist off.
    home.run(&control, &["allowlist", "enable", "shop"]).done();
    home.run(&control, &["enter", "shop"]).done();
    let allowlist = control.state("shop").json()["allowlist"].clone();
    assert_eq!(allowlist["enabled"], false);
    assert_eq!(allowlist["passes"].as_array().unwrap().len(), 1);
}

#[test]
fn a_rollback_brings_entries_back_with_their_words_and_none_that_has_ended() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let add = |line: &[&str]| {
        home.run(&control, &[&["allowlist", "add", "shop"], line].concat())
            .done();
    };
    add(&[
        "203.0.113.7",
        "--name",
        "ann",
        "--note",
        "Hotel",
        "--for",
        "1h",
    ]);
    add(&["203.0.113.8", "--name", "bob", "--for", "1s"]);
    add(&["203.0.113.9"]);
    let (all, before) = (revision(&control), entries(&control));
    control.until(|| entries(&control).len() == 2);
    home.run(
        &control,
        &["allowlist", "remove", "shop", "ann", "203.0.113.9"],
    )
    .done();
    add(&["203.0.113.9", "--name", "eve"]);
    roll_back(&control, all);
    assert_eq!(entries(&control), [before[0].clone(), before[2].clone()]);
    let cidrs = control.state("shop").json()["allowlist"]["cidrs"].clone();
    assert_eq!(cidrs, json!(["203.0.113.7", "203.0.113.9"]));
    roll_back(&control, all);
    assert_eq!(revision(&control), control.history("shop").len() as u64);
    let last = control.history("shop").last().unwrap()["action"].clone();
    assert_eq!(last, Value::from(format!("rollback to {all}")));
}
