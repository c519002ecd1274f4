use intermission_testkit::control::Home;
use serde_json::{Value, json};

use crate::declared::file::{apply, revisions};

#[test]
fn an_error_in_the_third_service_changes_none() {
    let home = Home::new();
    let control = home.start();
    for name in ["a", "b", "c"] {
        control.add(name);
    }
    let entry = |cidr: &str| json!({ "allowlist": { "entries": [{ "cidr": cidr }] } });
    let too_wide = entry("0.0.0.0/0");
    for (third, place) in [
        (
            json!({ "scope": { "paths": ["/a", "checkout"] } }),
            "line 17: /services/c/scope/paths/1: \"checkout\" is not a plain path",
        ),
        (
            json!({ "scope": { "pathz": [] } }),
            "line 15: /services/c/scope/pathz: \"pathz\" is not a field; known here: hosts, paths",
        ),
        (
            json!({ "scopes": { "paths": [] } }),
            "line 14: /services/c/scopes: is not known; known here: revision, allowlist",
        ),
        (
            json!({ "maintenance": "off" }),
            "line 14: /services/c/maintenance: a file does not switch the mode, enter and exit do; leave",
        ),
        (
            json!({ "allowlist": { "enabled": true } }),
            "line 15: /services/c/allowlist/enabled: a file does not enable the allowlist",
        ),
        (
            json!({ "allowlist": { "passes": [] } }),
            "/services/c/allowlist/passes: a file has no passes, pass create makes them",
        ),
        (
            json!({ "allowlist": { "cidrs": [] } }),
            "/services/c/allowlist/cidrs: write entries, as in {\"entries\"",
        ),
        (
            json!({ "notice": { "until": "2099-01-01T00:00:00Z" } }),
            "/services/c/notice/until: a file announces no end, enter does",
        ),
        (
            json!({ "notice": { "languages": { "ja": { "tytle": "a" } } } }),
            "/services/c/notice/languages/ja",
        ),
        (
            json!({ "exempt": { "probers": [{ "cidr": "10.0.0.0/8", "paths": [], "path": "/" }] } }),
            "/services/c/exempt/probers/0/path: \"path\" is not a field",
        ),
        (
            json!({ "exempt": { "paths": ["/t/*/hooks"] } }),
            "/services/c/exempt/paths/0: \"/t/*/hooks\" has a *",
        ),
        (
            entry("10.0.0.1/8"),
            "line 17: /services/c/allowlist/entries/0/cidr: \"10.0.0.1/8\" has bits beyond its prefix; did you mean",
        ),
        (
            too_wide.clone(),
            "/services/c/allowlist/entries/0/cidr: 0.0.0.0/0 lets a great part of all addresses pass",
        ),
        (
            json!({ "allowlist": { "entries": [{ "cidr": "10.0.0.0/8", "nam": "ann" }] } }),
            "/services/c/allowlist/entries/0/nam: is not known",
        ),
        (
            json!({ "allowlist": { "entries": [{ "cidr": "10.0.0.0/8", "name": "" }] } }),
            "/services/c/allowlist/entries/0/name: \"\" is not a name",
        ),
        (
            json!({ "allowlist": { "entries": [{ "cidr": "::1", "name": "ann" }, { "cidr": "::1", "name": "bob" }] } }),
            "/services/c/allowlist/entries/1/cidr: ::1 is there twice, with different words; keep one of them",
        ),
        (
            json!({ "revision": -1 }),
            "/services/c/revision: -1 is not a whole number",
        ),
        (
            json!(null),
            "line 13: /services/c: null is not an object; write {} for a service that stays as it is",
        ),
        (json!([]), "/services/c: a list is not an object"),
    ] {
        let file = json!({ "services": { "a": { "show_me": true }, "b": { "scope": { "hosts": ["b.example"] } }, "c": third } });
        let refused = apply(&home, &control, &format!("{file:#}"), &[]).failed(7);
        assert!(refused.contains("services.json, line "), "{refused}");
        assert!(refused.contains(place), "{place} is not in {refused}");
        assert_eq!(revisions(&control), [1, 1, 1]);
    }
    let file = json!({ "services": { "c": too_wide } });
    apply(&home, &control, &file.to_string(), &["--wide"]).done();
}

#[test]
fn a_file_that_cannot_be_read_changes_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    for (text, reason) in [
        (
            "",
            "services.json: not JSON: EOF while parsing a value at line 1 column 0",
        ),
        (
            "{ \"services\": {\n \"shop\": {},\n} }",
            "not JSON: trailing comma at line 3 column 1",
        ),
        (
            "[]",
            "services.json, line 1: the document: a list is not an object",
        ),
        ("{}", "line 1: /services: is missing"),
        ("{ \"services\": {} }", "/services: name a service, as in"),
        (
            "{ \"services\": { \"Shop\": {} } }",
            "/services/Shop: \"Shop\"",
        ),
        (
            "{ \"services\": { \"shop\": {} },\n \"servces\": {} }",
            "line 2: /servces: is not known; known here: services",
        ),
        (
            "{ \"services\": { \"shop\": {},\n\n \"shop\": {} } }",
            "\"shop\" is there again at line 3 column 7; keep one of the two",
        ),
    ] {
        let refused = apply(&home, &control, text, &[]).failed(7);
        assert!(refused.contains(reason), "{reason} is not in {refused}");
    }
    let missing = home.run(&control, &["apply", "-f", "/nowhere"]).failed(7);
    assert!(
        missing.contains("nothing was changed: /nowhere: No such file or directory"),
        "{missing}"
    );
    home.run(&control, &["apply"]).failed(2);
}

#[test]
fn a_list_that_is_too_long_is_refused_whole() {
    let home = Home::new();
    let control = home.start();
    control.add("a");
    control.add("shop");
    let entries = |count: u32| -> Value {
        let entries = (0..count).map(|number| {
            let [_, a, b, c] = number.to_be_bytes();
            json!({ "cidr": format!("100.{a}.{b}.{c}"), "name": "lab" })
        });
        entries.collect()
    };
    let file = |count| json!({ "services": { "a": { "show_me": true }, "shop": { "allowlist": { "entries": entries(count) } } } });
    let refused = apply(&home, &control, &file(75_000).to_string(), &[]).failed(7);
    assert!(
        refused.contains("are more than the 1048576 allowed"),
        "{refused}"
    );
    assert_eq!(revisions(&control), [1, 1]);
    let file = file(60_000).to_string();
    apply(&home, &control, &file, &[]).done();
    let again = apply(&home, &control, &file, &[]).done();
    assert_eq!(again, "2 services are as the file says\n");
    let huge = " ".repeat(17 << 20);
    let refused = control.post("/v1/apply", &json!({ "reason": huge }));
    assert_eq!(refused.status, 413);
}
