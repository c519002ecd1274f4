use serde_json::json;

use crate::harness::Home;

#[test]
fn the_allowlist_keeps_its_entries_when_it_is_off() {
    let home = Home::new();
    let control = home.start();
    let run = |line: &str| home.run(&control, &line.split(' ').collect::<Vec<_>>());
    run("service add shop").done();
    let early = run("allowlist enable shop").done();
    assert!(
        early.contains("shop is open, and enter starts with the allowlist off"),
        "{early}"
    );
    run("allowlist add shop 127.0.0.1 10.0.0.0/8").done();
    assert!(
        run("allowlist add shop 10.0.0.0/8")
            .done()
            .contains("nothing changed")
    );
    assert_eq!(run("whitelist show shop").done(), "127.0.0.1\n10.0.0.0/8\n");
    let begun = run("enter shop").done();
    assert!(
        begun.contains("off: nobody passes (2 entries kept)"),
        "{begun}"
    );
    assert!(
        run("allowlist enable shop")
            .done()
            .contains("on: clients in 2 entries pass")
    );
    // Whoever repeats it sees that not everybody is kept out.
    let again = run("enter shop").done();
    for line in [
        "shop: nothing changed: in maintenance, everything is refused but for the allowlist (revision 5)",
        "scope      the whole service",
        "allowlist  on: clients in 2 entries pass",
        "timer      none: it lasts until somebody ends it",
        "who gets in: intermission explain shop --ip ADDR --path /",
    ] {
        assert!(again.contains(line), "{line} is not in {again}");
    }
    // The caller came over loopback, which does not tell how it reaches the service.
    assert!(!again.contains("own address"), "{again}");
    run("allowlist disable shop").done();
    let shown = run("allowlist show shop --output json").json();
    assert_eq!(shown["enabled"], false);
    assert_eq!(shown["cidrs"], json!(["127.0.0.1", "10.0.0.0/8"]));
    let removed = run("allowlist remove shop 127.0.0.1 10.2.0.0/16").done();
    assert!(
        removed.contains("10.2.0.0/16 is still on the allowlist, through 10.0.0.0/8"),
        "{removed}"
    );
    assert_eq!(run("allowlist show shop").done(), "10.0.0.0/8\n");
    run("exit shop").done();
    let absent = run("allowlist remove shop 192.0.2.1 --reason tidy").done();
    assert!(
        absent.contains("192.0.2.1 was not on the allowlist"),
        "{absent}"
    );
    assert!(
        absent.contains("nothing changed, so the reason is not kept"),
        "{absent}"
    );
    assert!(
        run("enter shop --allowlist")
            .done()
            .contains("on: clients in 1 entry pass")
    );
}

#[test]
fn changes_of_the_allowlist_that_race_are_all_made() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let (home, address) = (&home, &control.address);
            scope.spawn(move || {
                for entry in 0..4 {
                    let cidr = format!("10.{writer}.{entry}.0/24");
                    home.run_at(address, &["allowlist", "add", "shop", &cidr])
                        .done();
                }
            });
        }
    });
    let entries = control.state("shop").json()["allowlist"]["cidrs"].clone();
    assert_eq!(entries.as_array().unwrap().len(), 16);
    assert_eq!(control.history("shop").len(), 17);
}

#[test]
fn an_entry_that_covers_half_the_world_has_to_be_meant() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let add = |words: &[&str]| {
        let line = [&["allowlist", "add", "shop"], words].concat();
        home.run(&control, &line)
    };
    for wide in [
        "0.0.0.0/0",
        "128.0.0.0/1",
        "10.0.0.0/7",
        "::/0",
        "2000::/15",
    ] {
        let refused = add(&["192.0.2.1", wide]).failed(7);
        assert!(
            refused.contains(&format!("{wide} lets a great part of all addresses pass")),
            "{refused}"
        );
    }
    assert_eq!(
        control.state("shop").json()["allowlist"]["cidrs"],
        json!([])
    );
    add(&["10.0.0.0/8", "2000::/16"]).done();
    add(&["--wide", "0.0.0.0/0"]).done();
}

#[test]
fn why_somebody_gets_in_is_kept() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let words = [
        ["add", "shop", "192.0.2.1"],
        ["enable", "shop", "--wait"],
        ["disable", "shop", "--wait"],
        ["remove", "shop", "192.0.2.1"],
    ];
    for [verb, rest @ ..] in words {
        let expect = if rest.contains(&"--wait") {
            &["--expect", "0"][..]
        } else {
            &[]
        };
        let line = ["allowlist", verb, "--reason", "test 42"];
        let told = home
            .run(&control, &[&line[..], &rest, expect].concat())
            .done();
        assert!(!told.contains("--wait"), "{told}");
    }
    let history = control.history("shop");
    for (entry, action) in history[1..]
        .iter()
        .zip(["add", "enable", "disable", "remove"])
    {
        assert_eq!(entry["action"], format!("allowlist {action}"));
        assert_eq!(entry["reason"], "test 42");
    }
    assert_eq!(history.len(), 5);
    for (verb, body) in [
        ("add", json!({ "cidrs": [] })),
        ("add", json!({ "cidrs": ["10.0.0.1/8"] })),
        ("add", json!({ "cidrs": ["0.0.0.0/0"] })),
        ("remove", json!({ "cidrs": ["10.0.0.0/8"], "wide": true })),
        ("remove", json!({ "reason": "test 42" })),
    ] {
        let path = format!("/v1/services/shop/allowlist/{verb}");
        control.post(&path, &body).problem(422, "invalid");
    }
}
