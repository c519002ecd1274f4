use intermission_testkit::control::{Ask, Home};
use serde_json::{Value, json};

use crate::declared::file::{apply, revisions};

#[test]
fn a_file_that_is_applied_twice_makes_one_revision() {
    let home = Home::new();
    let control = home.start();
    control.add("pay");
    control.add("shop");
    let text = r#"{ "services": {
        "shop": {
            "allowlist": { "entries": [
                { "cidr": "203.0.113.7", "name": "ann", "note": "Hotel", "until": "2099-01-01T00:00:00Z" },
                { "cidr": "10.0.0.0/8" },
                { "cidr": "192.0.2.1", "name": "bob", "until": "2020-01-01T00:00:00Z" }
            ] },
            "scope": { "paths": ["/checkout"] }
        },
        "pay": { "notice": { "title": "Back soon" }, "show_me": true }
    } }"#;
    let words = ["--reason", "file 42", "--output", "json"];
    let applied = apply(&home, &control, text, &words).json();
    let changed = |applied: &Value, place: usize| applied["services"][place]["changed"].clone();
    assert_eq!([changed(&applied, 0), changed(&applied, 1)], [true, true]);
    let ended = "192.0.2.1 has ended, and is left out; remove it from the file";
    assert_eq!(applied["services"][1]["warnings"], json!([ended]));
    let last = control.history("shop").pop().unwrap();
    assert_eq!(
        (&last["action"], &last["reason"]),
        (&json!("apply"), &json!("file 42"))
    );
    let allowlist = control.get("/v1/services/shop/allowlist").json();
    let added = allowlist["entries"][0]["added"].clone();
    assert_eq!(
        allowlist["entries"][0],
        json!({
            "cidr": "203.0.113.7", "name": "ann", "note": "Hotel", "until": "2099-01-01T00:00:00Z", "added": added,
        })
    );
    let states = || [control.state("pay").json(), control.state("shop").json()];
    let before = states();
    assert_eq!(
        before[1]["allowlist"]["cidrs"],
        json!(["203.0.113.7", "10.0.0.0/8"])
    );
    assert_eq!(
        before[1]["scope"],
        json!({ "hosts": [], "paths": ["/checkout"] })
    );

    let again = apply(&home, &control, text, &words).json();
    assert_eq!([changed(&again, 0), changed(&again, 1)], [false, false]);
    assert_eq!((revisions(&control), states()), (vec![2, 2], before));
    // An idempotency key counts here too.
    let file = json!({ "services": { "pay": { "scope": { "hosts": ["pay.example"] } } } });
    let ask = || {
        control.authorized(
            Ask::new("POST", "/v1/apply")
                .json(&file)
                .header("idempotency-key", "\"k\""),
        )
    };
    let first = control.ask(ask());
    assert_eq!(
        (first.status, first.json()),
        (200, control.ask(ask()).json())
    );
}

#[test]
fn a_part_becomes_what_the_file_says_and_all_else_stays() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let run = |line: &str| {
        home.run(&control, &line.split(' ').collect::<Vec<_>>())
            .done()
    };
    run("allowlist add shop 203.0.113.7 --name ann");
    run("allowlist add shop 10.0.0.0/8 --name office");
    run("pass create shop bob");
    run("notice shop --title old --contact mailto:a@shop.example");
    run("enter shop --for 2h --allowlist --message moving");
    let before = control.state("shop").json();
    let timer = || run("status shop --output json");
    let ends = timer();
    let file = json!({ "services": { "shop": {
        "allowlist": { "entries": [{ "cidr": "10.0.0.0/8" }, { "cidr": "2001:db8::/32", "name": "lab" }] },
        "notice": { "title": "new", "languages": { "ja": { "title": "a", "message": "b" } } },
        "exempt": { "paths": ["/status"] },
    } } });
    let printed = apply(&home, &control, &file.to_string(), &[]).done();
    assert!(
        printed.contains("exempt has lost /health, /healthcheck"),
        "{printed}"
    );
    let after = control.state("shop").json();
    // The switches and the passes are not the file's.
    for pointer in [
        "/maintenance",
        "/allowlist/enabled",
        "/allowlist/passes",
        "/notice/until",
        "/scope",
        "/api",
        "/store",
    ] {
        assert_eq!(after.pointer(pointer), before.pointer(pointer), "{pointer}");
    }
    let ended = |status: &str| {
        serde_json::from_str::<Value>(status).unwrap()["services"][0]["timer"].clone()
    };
    assert_eq!(ended(&timer()), ended(&ends));
    assert_eq!(
        after["allowlist"]["cidrs"],
        json!(["10.0.0.0/8", "2001:db8::/32"])
    );
    assert_eq!(
        after["exempt"],
        json!({ "paths": ["/status"], "probers": [] })
    );
    let notice = &after["notice"];
    assert_eq!(
        (&notice["title"], &notice["message"], &notice["contact"]),
        (&json!("new"), &Value::Null, &Value::Null)
    );
    assert_eq!(notice["languages"]["ja"]["title"], "a");
    // The entry is without a name now, and the other one has its own.
    let printed = run("history shop");
    for line in [
        "label 10.0.0.0/8 office -> nothing",
        "label 2001:db8::/32 nothing -> lab",
        "allowlist.cidrs -203.0.113.7",
    ] {
        assert!(printed.contains(line), "{line} is not in {printed}");
    }
    // Null is the default of a part.
    let file =
        json!({ "services": { "shop": { "exempt": null, "notice": null, "allowlist": null } } });
    apply(
        &home,
        &control,
        &file.to_string(),
        &["--wait", "--expect", "0"],
    )
    .done();
    let after = control.state("shop").json();
    assert_eq!(after["exempt"]["paths"].as_array().unwrap().len(), 6);
    assert_eq!(after["allowlist"]["cidrs"], json!([]));
    assert_eq!(after["allowlist"]["passes"], before["allowlist"]["passes"]);
    assert_eq!(after["notice"]["until"], before["notice"]["until"]);
}

#[test]
fn a_conflict_shows_both_sides_and_loses_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("pay");
    control.add("shop");
    home.run(&control, &["scope", "add", "shop", "--path", "/checkout"])
        .done();
    let file = home
        .run(&control, &["export", "--all", "--with-revisions"])
        .done();
    // Nothing else is wanted than what is there, whatever its revision.
    home.run(&control, &["enter", "shop"]).done();
    apply(&home, &control, &file, &[]).done();
    home.run(&control, &["scope", "add", "shop", "--path", "/basket"])
        .done();
    home.run(
        &control,
        &["allowlist", "add", "shop", "203.0.113.7", "--name", "ann"],
    )
    .done();
    let before = revisions(&control);
    let wanted = file
        .replace("\"/checkout\"", "\"/checkout\", \"/pay\"")
        .replace("/robots.txt", "/robots");
    let refused = apply(&home, &control, &wanted, &[]).failed(6);
    for line in [
        "shop is at revision 5, and the file at 2; nothing was changed; export them again, and decide again",
        "shop, changed since revision 2:\n  allowlist.cidrs +203.0.113.7/32\n  maintenance off -> all\n  scope.paths +/basket\n  \
         label 203.0.113.7/32 nothing -> ann\n",
        "shop, what the file would change in revision 5:\n  allowlist.cidrs -203.0.113.7/32\n  exempt.paths -/robots.txt +/robots\n  \
         scope.paths -/basket +/pay",
    ] {
        let line = line.replace("/32", "");
        assert!(refused.contains(&line), "{line} is not in {refused}");
    }
    assert_eq!(revisions(&control), before);
    let problem = control
        .post("/v1/apply", &serde_json::from_str(&wanted).unwrap())
        .problem(412, "conflict");
    assert_eq!(
        problem["conflicts"][0]["since"][1],
        json!({ "place": "maintenance", "before": "off", "after": "all" })
    );
    // Without its revision the file is applied.
    let forced = wanted.replace("\"revision\": 2,", "");
    apply(&home, &control, &forced, &[]).done();
}

#[test]
fn services_are_added_only_where_that_is_asked_for() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let text = r#"{ "services": { "new": {}, "shop": { "show_me": true }, "other": { "scope": { "paths": ["/a"] } } } }"#;
    let refused = apply(&home, &control, text, &[]).failed(5);
    assert!(
        refused.contains(
            "services.json, line 1: /services/new: there is no service \"new\"; there are: shop; --create adds services"
        ),
        "{refused}"
    );
    let file: Value = serde_json::from_str(text).unwrap();
    let problem = control
        .post("/v1/apply", &file)
        .problem(404, "unknown-service");
    assert_eq!(problem["pointer"], "/services/new");
    assert_eq!(revisions(&control), [1]);
    let printed = apply(&home, &control, text, &["--create"]).done();
    assert!(printed.contains("new: open (revision 1)"), "{printed}");
    assert_eq!(revisions(&control), [1, 1, 2]);
    assert_eq!(
        control.state("other").json()["scope"]["paths"],
        json!(["/a"])
    );
    assert_eq!(control.history("new")[0]["action"], "apply");
    let again = apply(&home, &control, text, &["--create"]).done();
    assert_eq!(again, "3 services are as the file says\n");
}

#[test]
fn a_service_is_added_only_at_the_revision_that_the_file_names() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    home.run(&control, &["service", "remove", "shop"]).done();
    let file = |service: &str, revision: u64| {
        json!({ "services": { service: { "revision": revision, "show_me": true } } }).to_string()
    };
    let refused = apply(&home, &control, &file("new", 7), &["--create"]).failed(7);
    assert!(
        refused.contains(
            "services.json, line 1: /services/new/revision: there is no service \"new\", and so no revision 7 of it; \
             leave the revision out to add the service"
        ),
        "{refused}"
    );
    let refused = apply(&home, &control, &file("shop", 7), &["--create"]).failed(7);
    for words in [
        "/services/shop/revision: shop was removed by operator at ",
        ", when it was at revision 1, not 7; leave the revision out",
    ] {
        assert!(refused.contains(words), "{words} is not in {refused}");
    }
    assert_eq!(revisions(&control), [0; 0]);
    let added = apply(&home, &control, &file("shop", 1), &["--create"]).done();
    assert!(
        added.contains("shop was removed by operator at "),
        "{added}"
    );
    assert!(
        added.contains("; its history and its revisions go on"),
        "{added}"
    );
    let state = control.state("shop").json();
    assert_eq!(
        (&state["revision"], &state["show_me"]),
        (&json!(2), &json!(true))
    );
}
