use std::fs;
use std::net::Ipv4Addr;

use intermission_testkit::control::Home;
use serde_json::json;

use super::entries::{entries, run};

#[test]
fn pruning_takes_away_what_others_let_in_for_as_long() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &[&str]| run(&home, &control, line);
    run(&[
        "add",
        "shop",
        "10.1.0.0/16",
        "10.2.3.4",
        "2001:db8::1",
        "198.51.100.7",
    ])
    .done();
    run(&["add", "shop", "10.0.0.0/8", "--name", "office"]).done();
    // A wider entry that ends before does not take the place of another one.
    run(&["add", "shop", "198.51.100.0/24", "--for", "1h"]).done();
    run(&["add", "shop", "198.51.100.8", "--for", "30m"]).done();
    run(&["add", "shop", "2001:db8::/32", "--for", "2h"]).done();
    let pruned = run(&["prune", "shop", "--reason", "tidy"]).done();
    for said in [
        "10.1.0.0/16 is within 10.0.0.0/8",
        "10.2.3.4 is within 10.0.0.0/8",
        "198.51.100.8 is within 198.51.100.0/24",
    ] {
        assert!(pruned.contains(said), "{said} is not in {pruned}");
    }
    let left: Vec<_> = entries(&control)
        .into_iter()
        .map(|entry| entry["cidr"].clone())
        .collect();
    assert_eq!(
        json!(left),
        json!([
            "2001:db8::1",
            "198.51.100.7",
            "10.0.0.0/8",
            "198.51.100.0/24",
            "2001:db8::/32"
        ])
    );
    assert!(run(&["prune", "shop"]).done().contains("nothing changed"));
    let last = control.history("shop").last().unwrap().clone();
    assert_eq!(
        (&last["action"], &last["reason"]),
        (&json!("allowlist prune"), &json!("tidy"))
    );
}

#[test]
fn words_that_make_no_sense_are_refused_and_change_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let long = "x".repeat(201);
    for (words, detail) in [
        (
            json!({ "name": "" }),
            "/name: \"\" is not a name; use lower-case letters, digits and -_.@",
        ),
        (json!({ "name": "Ann B" }), "/name: \"Ann B\" is not a name"),
        (
            json!({ "name": "10.0.0.1" }),
            "/name: \"10.0.0.1\" is not a name",
        ),
        (json!({ "note": " " }), "/note: is empty; leave it out"),
        (json!({ "note": "a\nb" }), "/note: has a control character"),
        (
            json!({ "note": long }),
            "/note: has more than 200 characters",
        ),
        (
            json!({ "for": "0s" }),
            "/for: \"0s\" is not between 1 second and 366 days",
        ),
        (
            json!({ "until": "2020-01-01T00:00:00Z" }),
            "/until: 2020-01-01T00:00:00Z is past; it is 2",
        ),
        (
            json!({ "until": "soon" }),
            "/until: \"soon\" is not a time with its offset",
        ),
        (json!({ "label": "ann" }), "/label: "),
    ] {
        let mut body = words;
        body["cidrs"] = json!(["203.0.113.7"]);
        let refused = control.post("/v1/services/shop/allowlist/add", &body);
        let refused = refused.problem(422, "invalid");
        let found = refused["detail"].as_str().unwrap();
        assert!(found.starts_with(detail), "{found}");
    }
    // Words go with entries that are added only.
    for verb in ["set", "remove", "prune"] {
        let body = json!({ "cidrs": ["203.0.113.7"], "name": "ann" });
        let path = format!("/v1/services/shop/allowlist/{verb}");
        control.post(&path, &body).problem(422, "invalid");
    }
    for line in [
        &["--until", "2020-01-01T00:00:00Z"][..],
        &["--until", "soon"],
        &["--for", "none"],
        &["--name", ""],
    ] {
        run(
            &home,
            &control,
            &[&["add", "shop", "203.0.113.7"], line].concat(),
        )
        .failed(7);
    }
    let both = [
        "add",
        "shop",
        "203.0.113.7",
        "--for",
        "2d",
        "--until",
        "2099-01-01T00:00:00Z",
    ];
    run(&home, &control, &both).failed(2);
    assert_eq!(control.history("shop").len(), 1);
    // The same entry twice is one.
    run(
        &home,
        &control,
        &["add", "shop", "203.0.113.7", "203.0.113.7", "--name", "ann"],
    )
    .done();
    assert_eq!(entries(&control).len(), 1);
}

/// Comparing each entry with each other would take minutes.
#[test]
fn very_many_entries_have_labels_in_little_room_and_time() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let list = |from: u32| {
        let address = |number| Ipv4Addr::from_bits(0x0100_0000 + number).to_string();
        let list = (from..from + 75_000)
            .map(address)
            .collect::<Vec<_>>()
            .join("\n");
        let path = home.path().join("list");
        fs::write(&path, list).unwrap();
        path.display().to_string()
    };
    let line = [
        "add",
        "shop",
        "--from",
        &list(0),
        "--name",
        "cloud",
        "--note",
        "daily",
        "--for",
        "30d",
    ];
    run(&home, &control, &line).done();
    run(&home, &control, &["set", "shop", "--from", &list(1000)]).done();
    let shown = run(&home, &control, &["show", "shop"]).done();
    assert_eq!(shown.lines().count(), 75_001);
    let found = run(&home, &control, &["show", "shop", "--output", "json"]).json();
    let found = found["entries"].as_array().unwrap();
    let named = found
        .iter()
        .filter(|entry| entry["name"] == "cloud")
        .count();
    assert_eq!((found.len(), named), (75_000, 74_000));
    run(&home, &control, &["prune", "shop"]).done();
    let printed = home.run(&control, &["history", "shop"]).done();
    assert!(
        printed.contains("label of 1000 entries cloud, \"daily\", until 2"),
        "{}",
        printed.len()
    );
    run(&home, &control, &["remove", "shop", "cloud"]).done();
    let left = control.state("shop").json()["allowlist"]["cidrs"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1000);
    // What the store keeps of their labels is small beside their addresses.
    let store = rusqlite::Connection::open(home.data().join("intermission.db")).unwrap();
    let most = "SELECT max(length(labels)) FROM history";
    let most: u64 = store.query_row(most, [], |row| row.get(0)).unwrap();
    assert!(most < 1000, "{most}");
}

#[test]
fn an_entry_that_loses_words_says_so() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let add = |line: &[&str]| {
        run(
            &home,
            &control,
            &[&["add", "shop", "10.1.1.1"], line].concat(),
        )
        .done()
    };
    add(&["--name", "ann", "--note", "Hotel", "--for", "1h"]);
    assert!(!add(&[]).contains("has lost"));
    let said = add(&["--for", "2h"]);
    assert!(
        said.contains("10.1.1.1 has lost its name and its note; say it again to keep it"),
        "{said}"
    );
    let said = add(&["--name", "ann"]);
    assert!(said.contains("10.1.1.1 has lost its end; "), "{said}");
}
