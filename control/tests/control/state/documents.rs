use intermission_testkit::control::{Ask, Home};
use serde_json::{Value, json};

#[test]
fn a_state_is_served_with_a_tag_that_answers_304() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let path = "/v1/services/shop/state";
    let state = control.state("shop");
    let document = state.json();
    let etag = state.etag();
    let store = document["store"].as_str().unwrap();
    assert_eq!(store.len(), 26, "a ULID");
    assert!(
        etag.starts_with(&format!("\"{store}/1/")) && etag.len() == store.len() + 21,
        "{etag}"
    );
    assert_eq!(state.header("content-type"), Some("application/json"));
    assert_eq!(state.header("cache-control"), Some("no-cache"));
    assert_eq!(document["version"], 1);
    assert_eq!(document["service"], "shop");
    assert_eq!(document["revision"], 1);
    assert_eq!(document["maintenance"], "off");

    for known in [
        etag.clone(),
        format!("W/{etag}"),
        format!("\"a\", {etag}"),
        "*".to_owned(),
    ] {
        let answer =
            control.ask(control.authorized(Ask::new("GET", path).header("if-none-match", known)));
        assert_eq!((answer.status, answer.body.len()), (304, 0));
        assert_eq!(answer.header("etag"), Some(etag.as_str()));
        assert_eq!(answer.header("cache-control"), Some("no-cache"));
    }
    let changed =
        control.ask(control.authorized(Ask::new("GET", path).header("if-none-match", "\"other\"")));
    assert_eq!(changed.status, 200);

    let head = control.ask(control.authorized(Ask::new("HEAD", path)));
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("etag"), Some(etag.as_str()));
    assert_eq!(
        head.header("content-length"),
        Some(state.body.len().to_string().as_str())
    );
}

#[test]
fn an_unknown_service_is_answered_with_those_that_exist() {
    let home = Home::new();
    let control = home.start();
    let none = control
        .get("/v1/services/shp/state")
        .problem(404, "unknown-service");
    assert_eq!(
        none["detail"],
        "there is no service \"shp\"; there is none yet; intermission service add NAME"
    );
    control.add("shop");
    control.add("pay");
    for (method, path) in [
        ("GET", "/v1/services/shp/state"),
        ("GET", "/v1/services/shp/history"),
        ("POST", "/v1/services/shp/enter"),
        ("POST", "/v1/services/shp/exit"),
        ("POST", "/v1/services/shp/allowlist/enable"),
    ] {
        let problem = control.ask(control.authorized(Ask::new(method, path)));
        let problem = problem.problem(404, "unknown-service");
        assert_eq!(problem["services"], json!(["pay", "shop"]));
        assert_eq!(
            problem["detail"],
            "there is no service \"shp\"; there are: pay, shop"
        );
    }
    control
        .patch("../shop", "*", &json!({}))
        .problem(404, "unknown-path");
}

#[test]
fn a_patch_names_the_revision_it_has_seen() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let etag = control.state("shop").etag();
    let patch = json!({ "maintenance": "all" });
    let path = "/v1/services/shop/state";
    let blind = Ask::new("PATCH", path).json(&patch);
    control
        .ask(control.authorized(blind))
        .problem(428, "if-match");
    assert_eq!(control.state("shop").header("etag"), Some(etag.as_str()));

    let answer = control.patch("shop", &etag, &patch);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["changed"], true);
    assert_eq!(answer.json()["revision"], 2);

    for lost in [etag.as_str(), "\"x\"", "nonsense"] {
        let problem = control.patch("shop", lost, &json!({ "maintenance": "off" }));
        let problem = problem.problem(412, "lost");
        assert_eq!(problem["revision"], 2);
        assert_eq!(
            problem["etag"].as_str(),
            control.state("shop").header("etag")
        );
    }
    let weak = format!("W/{}", control.state("shop").header("etag").unwrap());
    control
        .patch("shop", &weak, &json!({ "maintenance": "off" }))
        .problem(412, "lost");
    assert_eq!(control.state("shop").json()["maintenance"], "all");

    let listed = format!("\"x\", {}", control.state("shop").header("etag").unwrap());
    let same = control.patch("shop", &listed, &patch);
    assert_eq!(
        (same.status, same.json()["changed"].clone()),
        (200, false.into())
    );
    assert_eq!(same.json()["revision"], 2);
}

#[test]
fn a_patch_that_would_not_do_what_it_says_changes_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let before = control.state("shop");
    let etag = before.header("etag").unwrap();
    for (patch, pointer) in [
        (json!({ "maintainance": "all" }), "/maintainance"),
        (json!({ "notice": { "colour": null } }), "/notice/colour"),
        (json!({ "revision": 7 }), "/revision"),
        (json!({ "store": "x" }), "/store"),
        (
            json!({ "allowlist": { "cidrs": ["10.0.0.0/8", "10.0.0.1/8"] } }),
            "/allowlist/cidrs/1",
        ),
        (
            json!({ "scope": { "paths": ["/a/../b"] } }),
            "/scope/paths/0",
        ),
        (
            json!({ "scope": { "hosts": ["Shop.example"] } }),
            "/scope/hosts/0",
        ),
        (json!({ "maintenance": "on" }), "/maintenance"),
        (json!([]), ""),
    ] {
        let problem = control.patch("shop", etag, &patch).problem(422, "invalid");
        assert_eq!(problem["pointer"], pointer, "{patch}");
    }
    assert_eq!(control.state("shop").body, before.body);
    let wrong = control.patch(
        "shop",
        etag,
        &json!({ "allowlist": { "cidrs": ["10.0.0.1/8"] } }),
    );
    assert_eq!(
        wrong.json()["detail"],
        "/allowlist/cidrs/0: \"10.0.0.1/8\" has bits beyond its prefix; did you mean 10.0.0.0/8?"
    );
}

#[test]
fn a_document_that_outgrows_its_limit_is_refused() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let etag = control.state("shop").etag();
    // Short enough as a patch, too long as the document that it makes.
    let patch = json!({ "notice": { "html": "x".repeat((1 << 20) - 100) } });
    let problem = control.patch("shop", &etag, &patch).problem(422, "invalid");
    assert_eq!(problem["pointer"], "");
    let most = json!({ "notice": { "html": "x".repeat((1 << 20) - 4000) } });
    assert_eq!(control.patch("shop", &etag, &most).status, 200);
    assert_eq!(control.history("shop").len(), 2);
}

#[test]
fn services_are_added_once_and_listed() {
    let home = Home::new();
    let control = home.start();
    let list = || control.get("/v1/services").json()["services"].clone();
    assert_eq!(list(), json!([]));
    control.add("shop");
    let again = control.post("/v1/services", &json!({ "name": "shop" }));
    assert_eq!(
        (again.status, again.json()["changed"].clone()),
        (200, false.into())
    );
    assert_eq!(list()[0]["service"], "shop");
    assert_eq!(list()[0]["last_change"]["action"], "add");
    assert_eq!(list()[0]["since"], Value::Null);
    for name in ["Shop", "", "a b", "a/b", "-", &"x".repeat(64)] {
        let problem = control.post("/v1/services", &json!({ "name": name }));
        assert_eq!(problem.problem(422, "invalid")["pointer"], "/name");
    }
    let problem = control.post("/v1/services", &json!({}));
    assert_eq!(problem.problem(422, "invalid")["pointer"], "/name");
}
