use intermission_testkit::Etcd;
use intermission_testkit::control::{Control, Home};
use serde_json::{Value, json};

use crate::declared::file::{apply, revisions, shell};

/// Adds a hundred services, in whose states each field has a value of its own.
fn fill(home: &Home, control: &Control) {
    for number in 0..100 {
        let name = format!("s{number:02}");
        control.add(&name);
        let post = |path: &str, body: &Value| {
            let answer = control.post(&format!("/v1/services/{name}/{path}"), body);
            assert!(answer.status < 300, "{path}: {}", answer.json());
        };
        let cidr = format!("10.{number}.0.0/16");
        post(
            "allowlist/add",
            &json!({ "cidrs": [cidr], "name": "office", "note": "Hôtel \"é\"", "for": "2d" }),
        );
        post(
            "allowlist/add",
            &json!({ "cidrs": ["2001:db8::7", "192.0.2.1"] }),
        );
        match number % 4 {
            0 => post("enter", &json!({ "for": "2h", "message": "moving" })),
            1 => post(
                "enter",
                &json!({ "mode": "writes", "allowlist": true, "until": "2099-01-01T00:00:00Z" }),
            ),
            2 => post("passes", &json!({ "name": "bob", "for": "8h" })),
            _ => post(
                "lists/add",
                &json!({ "scope": { "paths": ["/checkout"] }, "reads": { "paths": ["/*/search"] } }),
            ),
        }
    }
    let state = control.state("s00");
    let patch = json!({
        "allowlist": { "cidrs": ["192.0.2.1", "192.0.2.1", "10.0.0.0/16"] },
        "scope": { "hosts": ["*.shop.example"] },
        "exempt": { "hosts": ["a.example"], "probers": [{ "cidr": "35.191.0.0/16", "paths": ["/", "/a"] }] },
        "api": { "paths": [] }, "show_me": true,
        "notice": {
            "title": "t", "contact": "mailto:help@shop.example", "retry_after": 7, "colors": { "dark": { "accent": "#fff" } },
            "cors_origins": [], "languages": { "ja": { "title": "a", "message": "b" } },
        },
    });
    assert_eq!(
        control
            .patch("s00", state.header("etag").unwrap(), &patch)
            .status,
        200
    );
    home.run(control, &["allowlist", "enable", "s02"]).done();
}

fn applying_an_export_changes_nothing(home: &Home, control: &Control) {
    fill(home, control);
    let before = revisions(control);
    let states: Vec<_> = (0..100)
        .map(|number| control.state(&format!("s{number:02}")).body)
        .collect();
    let unchanged = |applied: &Value| {
        let outcomes = applied["services"].as_array().unwrap();
        assert_eq!(outcomes.len(), 100);
        for outcome in outcomes {
            assert_eq!(
                (&outcome["changed"], &outcome["warnings"]),
                (&json!(false), &json!([])),
                "{outcome}"
            );
        }
    };
    unchanged(
        &shell(
            home,
            control,
            "intermission export --all | intermission apply -f - --output json",
        )
        .json(),
    );
    // What a client has read it may send as it is.
    let exported = control.get("/v1/export");
    let applied = control.post("/v1/apply", &exported.json());
    assert_eq!(applied.status, 200, "{}", applied.json());
    unchanged(&applied.json());
    assert_eq!(revisions(control), before);
    for (number, state) in states.iter().enumerate() {
        assert_eq!(control.state(&format!("s{number:02}")).body, *state);
    }
    // The same file makes the same services elsewhere.
    let text = home.run(control, &["export", "--all"]).done();
    let other = Home::new();
    let elsewhere = other.start();
    apply(&other, &elsewhere, &text, &["--create"]).done();
    assert_eq!(other.run(&elsewhere, &["export", "--all"]).done(), text);
    assert_eq!(revisions(&elsewhere), [1; 100]);
}

#[test]
fn applying_an_export_of_a_hundred_services_changes_nothing() {
    let home = Home::new();
    let control = home.start();
    applying_an_export_changes_nothing(&home, &control);
}

#[test]
fn so_it_is_over_a_store_in_etcd() {
    let etcd = Etcd::start(1);
    let home = Home::new();
    let control = home.start_with(&["--etcd", &etcd.urls().join(",")]);
    control.until(|| control.get("/v1/services").status == 200);
    applying_an_export_changes_nothing(&home, &control);
}

#[test]
fn an_export_has_no_switch_and_no_secret() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.add("pay");
    home.run(&control, &["enter", "shop", "--allowlist", "--for", "2h"])
        .done();
    home.run(
        &control,
        &["allowlist", "add", "shop", "203.0.113.7", "--name", "ann"],
    )
    .done();
    home.run(&control, &["pass", "create", "shop", "bob"])
        .done();
    let text = home.run(&control, &["export", "shop"]).done();
    let shop = json!({
        "allowlist": { "entries": [{ "cidr": "203.0.113.7", "name": "ann" }] },
        "api": { "hosts": [], "paths": ["/api"] },
        "exempt": {
            "hosts": [], "probers": [],
            "paths": [
                "/health", "/healthcheck", "/health_check", "/actuator/health", "/actuator/health/", "/healthz", "/livez",
                "/readyz", "/robots.txt", "/.well-known/acme-challenge/", "/grpc.health.v1.Health/",
            ],
        },
        "notice": {
            "cors_origins": ["*"], "language": "en", "languages": {}, "retry_after": 300, "retry_after_max": 3600,
        },
        "reads": { "paths": [] },
        "scope": { "hosts": [], "paths": [] },
        "show_me": false,
    });
    let exported: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(exported, json!({ "services": { "shop": shop } }));
    let both = home
        .run(&control, &["export", "pay", "shop", "--with-revisions"])
        .json();
    assert_eq!(
        (
            &both["services"]["pay"]["revision"],
            &both["services"]["shop"]["revision"]
        ),
        (&json!(1), &json!(4))
    );
    let none = home.run(&control, &["export", "none"]).failed(5);
    assert!(none.contains("there are: pay, shop"), "{none}");
    home.run(&control, &["export"]).failed(2);
}
