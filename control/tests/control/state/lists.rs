//! The lists of a state beside the allowlist.

use intermission_testkit::control::{Ask, Control, Home, Run};
use serde_json::json;

fn run(home: &Home, control: &Control, line: &str) -> Run {
    home.run(control, &line.split(' ').collect::<Vec<_>>())
}

fn actions(control: &Control) -> Vec<String> {
    let history = control.history("shop");
    let actions = history
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned());
    actions.collect()
}

#[test]
fn every_list_is_edited_by_the_same_words() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    for (command, first, other, pointer, listed) in [
        (
            "scope",
            "--path /checkout",
            "--path /pay",
            "/scope/paths",
            json!(["/checkout"]),
        ),
        (
            "scope",
            "--host shop.example",
            "--host *.shop.example",
            "/scope/hosts",
            json!(["shop.example"]),
        ),
        (
            "exempt",
            "--host status.shop.example",
            "--host a.example",
            "/exempt/hosts",
            json!(["status.shop.example"]),
        ),
        (
            "exempt",
            "--prober 35.191.0.0/16=/",
            "--prober 35.191.0.0/16=/status",
            "/exempt/probers",
            json!([{ "cidr": "35.191.0.0/16", "paths": ["/"] }]),
        ),
        (
            "reads",
            "--path /*/*/git-upload-pack",
            "--path /search",
            "/reads/paths",
            json!(["/*/*/git-upload-pack"]),
        ),
        (
            "api",
            "--host api.shop.example",
            "--host b.example",
            "/api/hosts",
            json!(["api.shop.example"]),
        ),
        (
            "cors",
            "--origin https://shop.example",
            "--origin *",
            "/notice/cors_origins",
            json!(["https://shop.example"]),
        ),
    ] {
        let words = |verb: &str, entries: &str| {
            run(&home, &control, &format!("{command} {verb} shop {entries}"))
        };
        let list = || {
            control
                .state("shop")
                .json()
                .pointer(pointer)
                .cloned()
                .unwrap_or(json!([]))
        };
        words("set", first).done();
        assert_eq!(list(), listed, "{command}");
        let again = words("add", first).done();
        assert!(again.starts_with("shop: nothing changed"), "{again}");
        words("add", &format!("{other} {first}")).done();
        let shown = run(&home, &control, &format!("{command} show shop")).done();
        assert!(shown.contains(&first.replace(' ', "  ")), "{shown}");
        words("remove", other).done();
        assert_eq!(list(), listed, "{command}");
        let absent = words("remove", other).done();
        assert!(
            absent.contains("nothing changed") && absent.contains(" was not in "),
            "{absent}"
        );
        let option = first.split(' ').next().unwrap();
        words("set", &format!("{option} none")).done();
        assert_eq!(list(), json!([]), "{command}");
    }
}

#[test]
fn what_is_shown_can_be_set_elsewhere() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.add("pay");
    let empty = run(&home, &control, "scope show shop");
    assert_eq!(empty.err, "shop: the scope is the whole service\n");
    assert_eq!(empty.done(), "");
    run(
        &home,
        &control,
        "scope add shop --path /checkout --host shop.example --path /basket",
    )
    .done();
    let shown = run(&home, &control, "scope show shop").done();
    assert_eq!(
        shown,
        "--host  shop.example\n--path  /checkout\n--path  /basket\n"
    );
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    run(&home, &control, &format!("scope set pay {words}")).done();
    assert_eq!(
        control.state("pay").json()["scope"],
        control.state("shop").json()["scope"]
    );
    let shown = run(&home, &control, "scope show pay --output json").json();
    let scope = json!({ "hosts": ["shop.example"], "paths": ["/checkout", "/basket"] });
    assert_eq!(
        shown,
        json!({ "service": "pay", "revision": 2, "scope": scope })
    );
}

#[test]
fn an_edit_is_a_change_like_any_other() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let path = "/v1/services/shop/lists/add";
    let body = json!({ "scope": { "paths": ["/checkout"] }, "exempt": { "paths": ["/status"] }, "reason": "part" });
    let seen = control.state("shop").header("etag").unwrap().to_owned();
    let ask = |key: &str| {
        let ask = Ask::new("POST", path)
            .json(&body)
            .header("idempotency-key", key);
        control.ask(control.authorized(ask).header("if-match", &seen))
    };
    let first = ask("\"one\"");
    assert_eq!(first.status, 200);
    assert_eq!(ask("\"one\"").json(), first.json());
    let lost = ask("\"other\"");
    assert_eq!(
        (lost.status, &lost.json()["type"]),
        (412, &json!("urn:intermission:lost"))
    );
    assert_eq!(actions(&control), ["add", "exempt add, scope add"]);
    assert_eq!(control.history("shop")[1]["reason"], "part");

    run(&home, &control, "enter shop").done();
    let waited = run(
        &home,
        &control,
        "scope set shop --path none --wait --expect 0 --reason all",
    )
    .done();
    assert!(
        waited.contains("the scope has no entry left, so a maintenance is for the whole service"),
        "{waited}"
    );
    let printed = run(&home, &control, "history shop").done();
    for line in [
        "scope set by operator: all",
        "scope.paths -/checkout",
        "scope add by operator: part",
    ] {
        assert!(printed.contains(line), "{line} is not in {printed}");
    }
    run(&home, &control, "rollback shop 2").done();
    assert_eq!(
        control.state("shop").json()["scope"]["paths"],
        json!(["/checkout"])
    );
}

#[test]
fn what_cannot_be_listed_is_refused_and_changes_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let before = control.state("shop").body;
    for (line, words) in [
        (
            "scope add shop",
            "nothing was changed: name entries by --host or --path",
        ),
        (
            "exempt remove shop",
            "nothing was changed: name entries by --path or --host or --prober",
        ),
        (
            "scope add shop --path checkout",
            "/scope/paths/0: \"checkout\" is not a plain path",
        ),
        (
            "scope add shop --host *",
            "/scope/hosts/0: \"*\" would cover every host; name the domain",
        ),
        (
            "scope add shop --path /checkout --path /",
            "/scope/paths/1: \"/\" covers every path; for all paths leave the list empty",
        ),
        (
            "exempt add shop --path /",
            "/exempt/paths/0: \"/\" would exempt every path",
        ),
        (
            "exempt add shop --path /t/*/hooks",
            "/exempt/paths/0: \"/t/*/hooks\" has a *, which stands for nothing but itself",
        ),
        (
            "exempt add shop --prober 35.191.0.0/16",
            "/exempt/probers/0/paths: 35.191.0.0/16 has no path; name one",
        ),
        (
            "exempt add shop --prober 10.0.0.1/8=/",
            "did you mean 10.0.0.0/8?",
        ),
        (
            "exempt add shop --prober ::/0=/",
            "/exempt/probers/0: ::/0 lets a great part of all addresses pass; if that is meant, add --wide",
        ),
        (
            "reads add shop --path /*",
            "/reads/paths/0: \"/*\" would cover paths of every name",
        ),
        (
            "api set shop --path none --path /api",
            "--path none empties the list; leave out the other --path",
        ),
        (
            "cors add shop --origin shop.example",
            "/notice/cors_origins/0: \"shop.example\"",
        ),
    ] {
        let refused = run(&home, &control, line).failed(7);
        assert!(refused.contains(words), "{line}: {refused}");
    }
    run(&home, &control, "scope add shop --prober 10.0.0.0/8=/").failed(2);
    run(&home, &control, "scope add shop --path /a --wide").failed(2);
    let none = run(&home, &control, "scope add none --path /a").failed(5);
    assert!(
        none.contains("there is no service \"none\"; there are: shop"),
        "{none}"
    );
    let unknown = json!({ "scope": { "paths": ["/a"] }, "api_paths": [] });
    let refused = control.post("/v1/services/shop/lists/add", &unknown);
    assert_eq!(
        refused.problem(422, "invalid")["detail"],
        "/api_paths: is not known; known here: scope, exempt, reads, api, notice, wide, wait, reason, dry_run"
    );
    assert_eq!(control.state("shop").body, before);
    run(&home, &control, "exempt add shop --prober ::/0=/ --wide").done();
}
