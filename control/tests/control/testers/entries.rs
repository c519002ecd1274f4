use std::fs;

use intermission_testkit::control::{Control, Home, Run};
use serde_json::{Value, json};

/// Runs `allowlist` with these words.
pub(super) fn run(home: &Home, control: &Control, line: &[&str]) -> Run {
    home.run(control, &[&["allowlist"], line].concat())
}

/// The entries of `shop`, with what is known of them.
pub(super) fn entries(control: &Control) -> Vec<Value> {
    let view = control.get("/v1/services/shop/allowlist").json();
    view["entries"].as_array().unwrap().clone()
}

#[test]
fn an_entry_keeps_what_was_said_of_it_until_something_else_is_said() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let line = [
        "add",
        "shop",
        "203.0.113.7",
        "2001:db8::7",
        "--name",
        "ann",
        "--note",
        "Hôtel #3",
        "--for",
        "2d",
    ];
    run(&home, &control, &line).done();
    run(&home, &control, &["add", "shop", "10.0.0.0/8"]).done();
    // Nodes get addresses.
    let document = control.state("shop").json();
    assert_eq!(
        document["allowlist"],
        json!({ "enabled": false, "cidrs": ["203.0.113.7", "2001:db8::7", "10.0.0.0/8"] })
    );
    let ann = entries(&control)[0].clone();
    assert_eq!(
        (&ann["name"], &ann["note"]),
        (&json!("ann"), &json!("Hôtel #3"))
    );
    assert_eq!(ann["added"]["by"], "operator");

    // An entry that is added again without a word stays as it is, and so does one with the same words.
    let again = run(&home, &control, &["add", "shop", "203.0.113.7"]).done();
    assert!(again.contains("nothing changed"), "{again}");
    run(
        &home,
        &control,
        &["add", "shop", "10.0.0.0/8", "--name", "office"],
    )
    .done();
    let again = run(
        &home,
        &control,
        &["add", "shop", "10.0.0.0/8", "--name", "office"],
    )
    .done();
    assert!(again.contains("nothing changed"), "{again}");
    // Other words take the place of all that was said, in a revision whose document is the same.
    let before = control.state("shop").json();
    run(
        &home,
        &control,
        &["add", "shop", "203.0.113.7", "--name", "bob"],
    )
    .done();
    let mut after = control.state("shop").json();
    assert_eq!(after["revision"], before["revision"].as_u64().unwrap() + 1);
    after["revision"] = before["revision"].clone();
    assert_eq!(after, before);

    control.kill();
    let control = home.start_at(&control.address);
    let found = entries(&control);
    assert_eq!(found[0]["name"], "bob");
    assert_eq!(
        (&found[0]["note"], &found[0]["until"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        found[1],
        json!({ "cidr": "2001:db8::7", "name": "ann", "note": "Hôtel #3",
        "until": ann["until"], "added": ann["added"] })
    );
    assert_eq!(found[2]["name"], "office");
    let shown = run(&home, &control, &["show", "shop", "--output", "json"]).json();
    assert_eq!(
        shown["cidrs"],
        json!(["203.0.113.7", "2001:db8::7", "10.0.0.0/8"])
    );
    assert_eq!(shown["entries"], json!(found));

    let printed = home.run(&control, &["history", "shop"]).done();
    for line in [
        "label 2001:db8::7 203.0.113.7 nothing -> ann, \"Hôtel #3\", until 2",
        "label 10.0.0.0/8 nothing -> office\n",
        "label 203.0.113.7 ann, \"Hôtel #3\", until 2",
        " -> bob\n",
    ] {
        assert!(printed.contains(line), "{line} is not in {printed}");
    }
}

#[test]
fn the_table_of_entries_is_a_list_that_can_be_set_again() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let add = |line: &[&str]| run(&home, &control, &[&["add", "shop"], line].concat()).done();
    add(&[
        "203.0.113.7",
        "--name",
        "ann",
        "--note",
        "Hotel # 3",
        "--for",
        "2d",
    ]);
    add(&["10.0.0.0/8"]);
    home.run(&control, &["pass", "create", "shop", "bob", "--for", "8h"])
        .done();
    let shown = run(&home, &control, &["show", "shop"]);
    assert_eq!(
        shown.err,
        "shop: the allowlist is off, entries: 2, passes: 1\n"
    );
    let table = shown.done();
    let lines: Vec<_> = table.lines().collect();
    assert!(
        lines[0].starts_with("# entry      # name  note       until "),
        "{table}"
    );
    assert!(
        lines[1].starts_with("203.0.113.7  # ann   Hotel # 3  2"),
        "{table}"
    );
    assert!(
        lines[1].contains("Z, in ") && lines[1].ends_with(" by operator"),
        "{table}"
    );
    assert!(
        lines[2].starts_with("10.0.0.0/8   # -     -          -  "),
        "{table}"
    );
    assert_eq!(lines[3], "# passes");
    assert!(lines[4].starts_with("# bob  until 2"), "{table}");

    let before = entries(&control);
    let list = home.path().join("list");
    fs::write(&list, table).unwrap();
    let list = list.to_str().unwrap();
    let same = run(&home, &control, &["set", "shop", "--from", list]).done();
    assert!(same.starts_with("shop: nothing changed"), "{same}");
    // Entries that stay keep their words, wherever they are in the list.
    fs::write(list, "192.0.2.1\n203.0.113.7\n").unwrap();
    run(&home, &control, &["set", "shop", "--from", list]).done();
    let after = entries(&control);
    assert_eq!(after.len(), 2);
    assert_eq!(after[1], before[0]);
    assert_eq!(
        (&after[0]["cidr"], &after[0]["name"]),
        (&json!("192.0.2.1"), &Value::Null)
    );
    assert_eq!(after[0]["added"]["by"], "operator");
    // So do those that a patch leaves.
    let patch = json!({ "allowlist": { "cidrs": ["203.0.113.7"] } });
    assert_eq!(
        control
            .patch("shop", &control.state("shop").etag(), &patch)
            .status,
        200
    );
    assert_eq!(entries(&control), [before[0].clone()]);
}

#[test]
fn all_entries_of_a_name_are_removed_by_it() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &[&str]| run(&home, &control, line);
    let left = || -> Vec<Value> {
        let entries = entries(&control).into_iter();
        entries.map(|entry| entry["cidr"].clone()).collect()
    };
    run(&["add", "shop", "203.0.113.7", "10.0.0.0/8", "--name", "ann"]).done();
    run(&["add", "shop", "10.1.0.0/16", "--name", "bob"]).done();
    run(&["add", "shop", "192.0.2.1"]).done();
    for (name, known) in [
        ("anm", "there are: ann, bob"),
        ("ann-2", "there are: ann, bob"),
    ] {
        let unknown = run(&["remove", "shop", "192.0.2.1", name]).failed(7);
        assert!(
            unknown.contains(&format!("no entry has the name {name:?}; {known}")),
            "{unknown}"
        );
    }
    assert_eq!(left().len(), 4, "all or none");
    home.run(&control, &["pass", "create", "shop", "bob"])
        .done();
    let removed = run(&[
        "remove", "shop", "bob", "--reason", "left", "--wait", "--expect", "0",
    ])
    .done();
    for said in [
        "bob: removed 10.1.0.0/16",
        "10.1.0.0/16 is still on the allowlist, through 10.0.0.0/8",
        "there is a pass of the name bob too",
    ] {
        assert!(removed.contains(said), "{said} is not in {removed}");
    }
    run(&["remove", "shop", "ann", "192.0.2.1"]).done();
    assert_eq!(left(), [""; 0]);
    let unknown = run(&["remove", "shop", "ann"]).failed(7);
    assert!(
        unknown.contains("no entry has the name \"ann\"; no entry has a name"),
        "{unknown}"
    );
    // What has the form of no name is an address.
    let wrong = run(&["remove", "shop", "203.0.113.300"]).failed(7);
    assert!(wrong.contains("is not an address or CIDR"), "{wrong}");
    assert_eq!(
        control.history("shop").last().unwrap()["action"],
        "allowlist remove"
    );
}
