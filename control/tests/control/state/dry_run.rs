//! Changes that are not made, and what is said of them.

use std::collections::BTreeSet;
use std::fs;

use intermission_testkit::control::openapi::DESCRIPTION;
use intermission_testkit::control::{Ask, Home};
use serde_json::{Value, json};

use crate::fleet::node::shop;

#[test]
fn no_dry_run_changes_anything_and_each_says_what_would() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.add("pay");
    let run = |line: &str| home.run(&control, &line.split(' ').collect::<Vec<_>>());
    run("allowlist add shop 203.0.113.7 192.0.2.1 --name ann").done();
    run("scope add shop --path /checkout").done();
    run("pass create shop bob --for 8h").done();
    run("enter shop --allowlist").done();
    run("token create ci --role operator").done();
    let file = home.path().join("file.json");
    fs::write(
        &file,
        json!({ "services": { "shop": { "show_me": true }, "new": {} } }).to_string(),
    )
    .unwrap();
    let list = home.path().join("list");
    fs::write(&list, "203.0.113.7\n10.0.0.0/8\n").unwrap();
    let (file, list) = (file.display(), list.display());
    let all = || {
        let documents =
            ["shop", "pay"].map(|name| (control.state(name).body, control.history(name)));
        (
            documents,
            control.get("/v1/services/shop/allowlist").json(),
            control.get("/v1/services").json(),
            control.get("/v1/tokens").json(),
        )
    };
    let before = all();
    for (line, words) in [
        (
            "exit shop --reason over --wait",
            "it would be open (revision 6)\n  differs    maintenance all -> off\n  let in     every request\n",
        ),
        ("enter shop --for 2h", "timer nothing -> 2"),
        (
            "enter --all --writes-only",
            "pay: dry run, nothing was changed; it would be in maintenance, writes are refused (revision 2)",
        ),
        (
            "allowlist disable shop",
            "differs    allowlist.enabled true -> false\n  kept out   clients in 2 entries, and the holder of a pass\n",
        ),
        (
            "allowlist enable shop",
            "shop: dry run, nothing would change: in maintenance",
        ),
        (
            "allowlist enable pay",
            "pay is open, and enter starts with the allowlist off",
        ),
        (
            "allowlist add shop 10.0.0.0/8 --name lab",
            "allowlist.cidrs +10.0.0.0/8\n             label 10.0.0.0/8 nothing -> lab\n  let in     clients in 10.0.0.0/8\n",
        ),
        (
            "allowlist remove shop ann",
            "kept out   clients in 203.0.113.7\n             clients in 192.0.2.1\n",
        ),
        ("allowlist prune shop", "nothing would change"),
        (
            "pass create shop eve --for 1h",
            "pass eve nothing -> until 2",
        ),
        ("pass create shop eve", "let in     the holder of a pass\n"),
        (
            "pass revoke shop bob --wait",
            "kept out   the holder of a pass\n",
        ),
        (
            "notice shop --title Soon",
            "differs    notice.title nothing -> Soon\n",
        ),
        (
            "scope add shop --path /pay",
            "kept out   requests for the path /pay and the paths below it\n",
        ),
        (
            "scope set shop --path none",
            "the scope has no entry left, so a maintenance is for the whole service",
        ),
        (
            "exempt add pay --path /status",
            "let in     in maintenance, requests for the path /status\n",
        ),
        ("rollback shop 2", "scope.paths -/checkout"),
        (
            "service add new",
            "new: dry run, nothing was changed; it would be open (revision 1)\n",
        ),
        (
            "service add pay",
            "pay: dry run, nothing would change: open",
        ),
        (
            "service remove pay",
            "pay: dry run, nothing was changed; it would be removed (its last revision is 1)\n",
        ),
        (
            "store adopt --reason restored",
            "pay: dry run, nothing was changed; it would be open (revision 2)\n",
        ),
        (
            "node forget shop --lost",
            "shop: dry run, nothing was changed; it would be so:\nshop: nothing changed: no such node is lost\n",
        ),
        (
            "token create wall --role viewer",
            "wall: dry run, nothing was changed; it would be a token for a viewer",
        ),
        (
            "token revoke ci",
            "ci: dry run, nothing was changed; it would be revoked\n",
        ),
    ] {
        let printed = run(&format!("{line} --dry-run")).done();
        assert!(
            printed.contains(words),
            "{line}: {words} is not in {printed}"
        );
        assert!(printed.contains("dry run, nothing w"), "{printed}");
        assert_eq!(all(), before, "{line}");
    }
    for line in [
        format!("allowlist set shop --from {list} --dry-run"),
        format!("apply -f {file} --create --dry-run"),
    ] {
        let printed = run(&line).done();
        assert!(
            printed.contains("dry run, nothing was changed; it would be"),
            "{printed}"
        );
        assert_eq!(all(), before, "{line}");
    }
    let refused = run("scope add shop --path checkout --dry-run").failed(7);
    assert!(
        refused.contains("/scope/paths/0: \"checkout\" is not a plain path"),
        "{refused}"
    );
    let used = run("service remove shop --dry-run").failed(16);
    assert!(used.contains("it is in maintenance"), "{used}");
    let taken = run("token create ci --role node --dry-run").failed(16);
    assert!(taken.contains("no name is given again"), "{taken}");
    let taken = run("pass create shop bob --dry-run").failed(16);
    assert!(taken.contains("choose another name"), "{taken}");
    run("enter shop --dry-run --check http://127.0.0.1:1/").failed(2);
}

#[test]
fn machines_get_the_differences_and_the_counts_of_the_nodes() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.post("/v1/services/shop/enter", &json!({}));
    let tag = control.state("shop").etag();
    let tag = tag.trim_matches('"');
    let poll = |format: u64| {
        let report = format!(
            "\"shop-1\";boot=\"b\";seq={format};kind=tower;applied=\"{tag}\";running=0;wait=10;format={format};refused=7;exempt=2"
        );
        let poll = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", &report);
        assert_eq!(control.ask(control.authorized(poll)).status, 200);
    };
    poll(2);
    let body = json!({ "reads": { "paths": ["/search"] }, "dry_run": true, "wait": true });
    let asked = || control.post("/v1/services/shop/lists/add", &body).json();
    let answer = asked();
    assert_eq!(
        answer["preview"],
        json!({
            "differences": [{ "place": "reads.paths", "removed": [], "added": ["/search"] }],
            "let_in": ["requests that read /search by POST, while writes are refused"],
            "kept_out": [],
            "rules": { "refused": 7, "exempt": 2 },
        })
    );
    assert_eq!(
        (&answer["changed"], &answer["revision"], &answer["barrier"]),
        (&json!(true), &json!(3), &Value::Null)
    );
    assert_eq!(
        answer["warnings"],
        json!([
            "these nodes read a lower level of the format and pass over reads: shop-1; upgrade them"
        ])
    );
    // A change that such a node would refuse is refused before it is made.
    let wild = json!({ "scope": { "hosts": ["*.shop.example"] }, "dry_run": true });
    let refused = control
        .post("/v1/services/shop/lists/add", &wild)
        .problem(422, "invalid");
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("level 3 of the format"),
        "{refused}"
    );
    let printed = home
        .run(
            &control,
            &["reads", "add", "shop", "--path", "/search", "--dry-run"],
        )
        .done();
    assert!(
        printed.contains("  decided    exempt 2, refused 7, up to now\n"),
        "{printed}"
    );
    // A key is kept for no dry run.
    let keyed = |dry_run: bool| {
        let ask = Ask::new("POST", "/v1/services/shop/exit").json(&json!({ "dry_run": dry_run }));
        control.ask(control.authorized(ask).header("idempotency-key", "\"k\""))
    };
    assert_eq!([keyed(true).status, keyed(false).status], [200, 200]);
    assert_eq!(control.state("shop").json()["maintenance"], "off");
}

/// Every request that changes something, in an order in which each of them does.
fn changes() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let service = "/v1/services/{name}";
    let post = |path, body| ("POST", service, path, body);
    vec![
        ("POST", "/v1/services", "", json!({ "name": "pay" })),
        post("/enter", json!({})),
        ("PATCH", service, "/state", json!({ "show_me": true })),
        post("/allowlist/enable", json!({})),
        post(
            "/allowlist/add",
            json!({ "cidrs": ["203.0.113.7", "203.0.113.0/24"] }),
        ),
        post("/allowlist/prune", json!({})),
        post("/allowlist/set", json!({ "cidrs": ["192.0.2.1"] })),
        post("/allowlist/remove", json!({ "cidrs": ["192.0.2.1"] })),
        post("/allowlist/disable", json!({})),
        post("/passes", json!({ "name": "bob" })),
        ("DELETE", service, "/passes/{pass}", json!({})),
        post("/notice", json!({ "notice": { "title": "Soon" } })),
        post("/lists/add", json!({ "scope": { "paths": ["/a"] } })),
        post("/lists/remove", json!({ "scope": { "paths": ["/a"] } })),
        post("/lists/set", json!({ "scope": { "paths": ["/b"] } })),
        post("/exit", json!({})),
        post("/rollback", json!({ "revision": 2 })),
        (
            "POST",
            "/v1/changes",
            "",
            json!({ "services": ["shop"], "action": "exit" }),
        ),
        (
            "POST",
            "/v1/apply",
            "",
            json!({ "services": { "shop": { "show_me": true } } }),
        ),
        post("/nodes/forget", json!({ "node": "a", "boot": "b1" })),
        (
            "POST",
            "/v1/tokens",
            "",
            json!({ "name": "ci", "role": "viewer" }),
        ),
        ("POST", "/v1/tokens/{name}/revoke", "", json!({})),
        ("POST", "/v1/store/adopt", "", json!({})),
        ("DELETE", service, "", json!({ "force": true })),
    ]
}

#[test]
fn a_dry_run_of_any_request_leaves_the_store_as_it_is() {
    let (home, control, mut node) = shop();
    let stored = || {
        let file = |name: &str| fs::read(home.data().join(name)).unwrap();
        [file("intermission.db"), file("intermission.db-wal")]
    };
    let mut tried = BTreeSet::new();
    for (method, route, below, body) in changes() {
        let route = format!("{route}{below}");
        let name = if route.contains("/tokens/") {
            "ci"
        } else {
            "shop"
        };
        let path = route.replace("{name}", name).replace("{pass}", "bob");
        let ask = |dry_run: bool| {
            let mut body = body.clone();
            if dry_run {
                body["dry_run"] = json!(true);
            }
            let ask = Ask::new(method, path.as_str()).json(&body);
            let ask = match method {
                "PATCH" => ask.header("if-match", "*"),
                _ => ask.header(
                    "idempotency-key",
                    format!("\"{route}\"").replace(['{', '}'], ""),
                ),
            };
            control.ask(control.authorized(ask))
        };
        node.runs(&control);
        let before = stored();
        let dry = ask(true);
        assert_eq!(dry.status, 200, "{route}: {}", dry.json());
        let answer = dry.json();
        let answers = answer["services"]
            .as_array()
            .filter(|_| answer["name"].is_null());
        let answers = answers.cloned().unwrap_or_else(|| vec![answer]);
        for answer in answers {
            let is_said = answer["preview"].is_object() || answer["dry_run"] == true;
            assert!(is_said, "{route}: {answer}");
        }
        // A node that was about to be forgotten would be stored again.
        node.runs(&control);
        assert!(stored() == before, "{route} has changed the store");
        let made = ask(false);
        assert!(
            [200, 201].contains(&made.status),
            "{route}: {}",
            made.json()
        );
        assert!(stored() != before, "{route} changes nothing");
        tried.insert((method.to_lowercase(), route));
    }
    let described = DESCRIPTION["paths"].as_object().unwrap().iter();
    let described = described.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys();
        methods.map(|method| (method.clone(), path.clone()))
    });
    let changing: BTreeSet<_> = described.filter(|(method, _)| method != "get").collect();
    assert_eq!(tried, changing);
}
