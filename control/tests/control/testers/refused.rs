//! Requests for passes that are refused.

use intermission_testkit::control::{Ask, Home};
use serde_json::{Value, json};

use super::passes::digest;

#[test]
fn a_pass_that_is_asked_for_wrongly_is_not_made() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let create = |body: &Value| control.post("/v1/services/shop/passes", body);
    for (body, detail) in [
        (json!({}), "/name: is missing"),
        (json!({ "name": "" }), "/name: \"\" is not a name"),
        (
            json!({ "name": "Ann" }),
            "/name: \"Ann\" is not a name; use lower-case letters",
        ),
        (
            json!({ "name": "10.0.0.1" }),
            "/name: \"10.0.0.1\" is not a name",
        ),
        (
            json!({ "name": "ann", "for": "400d" }),
            "/for: \"400d\" is not between 1 second and 366 days",
        ),
        (
            json!({ "name": "ann", "for": "8" }),
            "/for: \"8\" is not a duration; write it like 8h, 90m or 2d",
        ),
        (
            json!({ "name": "ann", "until": "2020-01-01T00:00:00Z" }),
            "/until: 2020-01-01T00:00:00Z is past",
        ),
        (
            json!({ "name": "ann", "for": "8h", "until": "2099-01-01T00:00:00Z" }),
            "/until: \"for\" makes an end too; name only one of the two",
        ),
        (json!({ "name": "ann", "sha256": "00" }), "/sha256: "),
    ] {
        let problem = create(&body).problem(422, "invalid");
        let found = problem["detail"].as_str().unwrap();
        assert!(found.starts_with(detail), "{found}");
    }
    for line in [
        &["--until", "2020-01-01T00:00:00Z"][..],
        &["--until", "tomorrow"],
        &["--for", "none"],
    ] {
        let line = [&["pass", "create", "shop", "ann"], line].concat();
        home.run(&control, &line).failed(7);
    }
    let line = [
        "pass",
        "create",
        "shop",
        "ann",
        "--for",
        "8h",
        "--until",
        "2099-01-01T00:00:00Z",
    ];
    home.run(&control, &line).failed(2);
    assert_eq!(control.history("shop").len(), 1);
}

#[test]
fn no_patch_makes_or_revokes_a_pass() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let create = |body: &Value| control.post("/v1/services/shop/passes", body);
    let etag = control.state("shop").etag();
    for patch in [
        json!({ "allowlist": { "passes": [{ "sha256": digest("imp_") }] } }),
        json!({ "allowlist": { "passes": "ann" } }),
    ] {
        control.patch("shop", &etag, &patch).problem(422, "invalid");
    }
    assert_eq!(control.history("shop").len(), 1);

    assert_eq!(create(&json!({ "name": "ann" })).status, 201);
    let etag = control.state("shop").etag();
    for patch in [
        json!({ "allowlist": { "passes": [] } }),
        json!({ "allowlist": { "passes": null } }),
    ] {
        let refused = control.patch("shop", &etag, &patch).problem(422, "invalid");
        assert_eq!(
            refused["detail"],
            "/allowlist/passes: passes are made and revoked by POST and DELETE under /v1/services/shop/passes; leave \
             them out"
        );
    }
    // The default of the allowlist takes no pass away.
    let kept = control
        .patch("shop", &etag, &json!({ "allowlist": null }))
        .json();
    assert_eq!(
        (&kept["changed"], &kept["allowlist"]["passes"]),
        (&json!(false), &json!(1))
    );
}

#[test]
fn a_retry_of_a_request_whose_answer_was_lost_finds_the_name_taken() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    // No answer with a secret is kept.
    let ask = Ask::new("POST", "/v1/services/shop/passes").header("idempotency-key", "\"again\"");
    let ask = control.authorized(ask.json(&json!({ "name": "bob" })));
    assert_eq!(control.ask(ask.clone()).status, 201);
    control.ask(ask).problem(409, "pass-taken");
}

#[test]
fn a_text_with_a_secret_is_neither_published_nor_kept() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let made = control.post("/v1/services/shop/passes", &json!({ "name": "ann" }));
    let pass = made.json()["pass"].as_str().unwrap().to_owned();
    let link = format!("their link: https://shop.example/.well-known/intermission/pass#{pass}");
    let token = control.token(&json!({ "name": "ci", "role": "viewer" }));
    let shop = "/v1/services/shop";
    let before = (control.state("shop").body, control.history("shop"));
    for (method, path, body, pointer) in [
        ("POST", "/enter", json!({ "reason": link }), "/reason"),
        ("POST", "/enter", json!({ "message": link }), "/message"),
        ("POST", "/exit", json!({ "reason": token }), "/reason"),
        (
            "POST",
            "/notice",
            json!({ "notice": { "contact": link } }),
            "/notice/contact",
        ),
        (
            "POST",
            "/allowlist/add",
            json!({ "cidrs": ["203.0.113.7"], "note": pass }),
            "/note",
        ),
        ("POST", "/passes", json!({ "name": pass }), "/name"),
        (
            "PATCH",
            "/state",
            json!({ "notice": { "title": link } }),
            "/notice/title",
        ),
        ("DELETE", "", json!({ "reason": pass }), "/reason"),
    ] {
        let ask = Ask::new(method, format!("{shop}{path}")).json(&body);
        let refused = control.ask(control.authorized(ask.header("if-match", "*")));
        let refused = refused.problem(422, "invalid");
        assert_eq!(refused["pointer"], pointer, "{refused}");
        let detail = refused["detail"].as_str().unwrap();
        assert!(
            detail.contains("which others would read; leave it out, and revoke it"),
            "{detail}"
        );
        assert!(
            !detail.contains(&pass) && !detail.contains(&token),
            "{detail}"
        );
    }
    let file = json!({ "services": { "shop": { "notice": { "message": link } } } });
    let refused = control.post("/v1/apply", &file).problem(422, "invalid");
    assert_eq!(refused["pointer"], "/services/shop/notice/message");
    let line = ["exit", "shop", "--reason", &link];
    let refused = home.run(&control, &line).failed(7);
    assert!(
        refused
            .contains("/reason: has a text of the form of a pass (imp_…), which others would read"),
        "{refused}"
    );
    assert_eq!(
        (control.state("shop").body, control.history("shop")),
        before
    );
}
