use intermission_testkit::control::{Home, Run};
use serde_json::json;

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
    assert_eq!(
        shown_entries(&run("whitelist show shop").done()),
        ["127.0.0.1", "10.0.0.0/8"]
    );
    let begun = run("enter shop").done();
    assert!(
        begun.contains("off: no client passes (2 entries kept)"),
        "{begun}"
    );
    assert!(
        run("allowlist enable shop")
            .done()
            .contains("on: clients in 2 entries pass")
    );
    // A repetition says that some clients are admitted.
    let again = run("enter shop").done();
    for line in [
        "shop: nothing changed: in maintenance, everything is refused but for the allowlist (revision 5)",
        "scope      the whole service",
        "allowlist  on: clients in 2 entries pass",
        "timer      none: it lasts until an operator ends it",
        "who gets in: intermission explain shop --ip ADDR --path /",
    ] {
        assert!(again.contains(line), "{line} is not in {again}");
    }
    // The caller came over loopback, so its address at the service is unknown.
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
    assert_eq!(
        shown_entries(&run("allowlist show shop").done()),
        ["10.0.0.0/8"]
    );
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
fn a_very_wide_entry_needs_a_flag() {
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
fn the_reason_for_an_entry_is_kept() {
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
        let output = home
            .run(&control, &[&line[..], &rest, expect].concat())
            .done();
        assert!(!output.contains("--wait"), "{output}");
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

/// The entries that the command lists.
fn shown_entries(table: &str) -> Vec<&str> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| line.split_whitespace().next().unwrap())
        .collect()
}

/// A file in `home` with this text.
fn file(home: &Home, text: &str) -> String {
    let path = home.path().join("list");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn a_list_replaces_all_entries_in_one_change() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &[&str]| home.run(&control, &[&["allowlist"], line].concat());
    run(&["add", "shop", "192.0.2.1", "192.0.2.2"]).done();
    let list = file(
        &home,
        "\u{feff}# today\r\n192.0.2.2 # stays\r\n\r\n10.0.0.0/8\r\n10.1.0.0/16\r\n10.0.0.0/8\r\n",
    );
    let set = run(&["set", "shop", "--from", &list, "--reason", "daily"]);
    assert_eq!(
        set.err,
        format!(
            "shop: read 3 entries, 1 more were there twice, 1 lie within another and are kept from {list}\n"
        )
    );
    set.done();
    assert_eq!(
        shown_entries(&run(&["show", "shop"]).done()),
        ["192.0.2.2", "10.0.0.0/8", "10.1.0.0/16"]
    );
    let again = run(&["set", "shop", "--from", &list]).done();
    assert!(again.starts_with("shop: nothing changed"), "{again}");
    let more = file(&home, "192.0.2.2\n198.51.100.0/24");
    run(&["add", "shop", "--from", &more]).done();
    assert_eq!(
        shown_entries(&run(&["show", "shop"]).done()),
        ["192.0.2.2", "10.0.0.0/8", "10.1.0.0/16", "198.51.100.0/24"]
    );
    let history = control.history("shop");
    assert_eq!(history.len(), 4);
    assert_eq!(history[2]["action"], "allowlist set");
    assert_eq!(history[2]["reason"], "daily");

    let hooks = file(
        &home,
        r#"{ "hooks": ["192.30.252.0/22"], "web": ["20.201.28.151/32"] }"#,
    );
    run(&[
        "set", "shop", "--from", &hooks, "--format", "github", "--part", "hooks",
    ])
    .done();
    assert_eq!(
        shown_entries(&run(&["show", "shop"]).done()),
        ["192.30.252.0/22"]
    );
    for (text, option, said) in [
        (
            "10.0.0.1/8",
            &[][..],
            ", line 1: \"10.0.0.1/8\" has bits beyond",
        ),
        ("::/0\n", &[], ", line 1: ::/0 lets a great part"),
        ("# none\n", &[], ": has no address; to keep all clients out"),
        ("{", &["--format", "aws"], ", line 1: not JSON: "),
    ] {
        let list = file(&home, text);
        let said = format!("intermission: nothing was changed: {list}{said}");
        for verb in ["set", "add"] {
            let refused = run(&[&[verb, "shop", "--from", &list], option].concat()).failed(7);
            assert!(refused.starts_with(&said), "{refused}");
        }
    }
    run(&["set", "shop", "--from", "/nonexistent"]).failed(7);
    for line in [
        &["set", "shop"][..],
        &["add", "shop", "--format", "aws", "192.0.2.1"],
        &["add", "shop", "192.0.2.1", "--from", "list"],
    ] {
        run(line).failed(2);
    }
    run(&["set", "shop", "--wide", "--from", &file(&home, "0.0.0.0/0")]).done();

    let over_http = json!({ "cidrs": ["192.0.2.9", "192.0.2.9"], "reason": "by hand" });
    let set = control.post("/v1/services/shop/allowlist/set", &over_http);
    assert_eq!(set.status, 200);
    assert_eq!(
        control.state("shop").json()["allowlist"]["cidrs"],
        json!(["192.0.2.9"])
    );
    for body in [
        json!({ "cidrs": [] }),
        json!({ "cidrs": ["::/0"] }),
        json!({}),
    ] {
        let refused = control.post("/v1/services/shop/allowlist/set", &body);
        refused.problem(422, "invalid");
    }
}

#[test]
fn a_long_list_comes_by_standard_input() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let list = |count: u32| {
        let address = |number| std::net::Ipv4Addr::from_bits(0x0100_0000 + number).to_string();
        (0..count).map(address).collect::<Vec<_>>().join("\n")
    };
    let set = |count| {
        let path = file(&home, &list(count));
        let mut command = home.binary();
        command
            .env("INTERMISSION_SERVER", format!("http://{}", control.address))
            .args(["allowlist", "set", "shop", "--from", "-"])
            .stdin(std::fs::File::open(path).unwrap());
        Run::from(command.output().unwrap())
    };
    let done = set(75_000);
    assert_eq!(done.err, "shop: read 75000 entries from standard input\n");
    done.done();
    let entries = control.state("shop").json()["allowlist"]["cidrs"].clone();
    assert_eq!(entries.as_array().unwrap().len(), 75_000);
    assert_eq!(control.history("shop").len(), 2);
    let refused = set(90_000).failed(7);
    assert_eq!(
        refused,
        "intermission: nothing was changed: standard input: 90000 entries are more than a state has room for, which is 1 \
         MiB, some 70,000 addresses; name blocks in place of single addresses\n"
    );
}
