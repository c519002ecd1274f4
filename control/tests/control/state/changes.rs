use intermission_testkit::control::{Ask, Home};
use serde_json::{Value, json};

#[test]
fn a_webhook_needs_no_body() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    for (action, maintenance, allowlist) in [
        ("enter", "all", false),
        ("allowlist/enable", "all", true),
        ("allowlist/disable", "all", false),
        ("exit", "off", false),
    ] {
        let ask = Ask::new("POST", format!("/v1/services/shop/{action}"));
        let answer = control.ask(control.authorized(ask));
        assert_eq!(answer.status, 200, "{action}");
        let outcome = answer.json();
        assert_eq!(outcome["changed"], true, "{action}");
        assert_eq!(outcome["maintenance"], maintenance);
        assert_eq!(outcome["allowlist"]["enabled"], allowlist);
    }
}

#[test]
fn a_change_that_changes_nothing_makes_no_revision() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let enter = || {
        control
            .post("/v1/services/shop/enter", &json!({ "reason": "deploy" }))
            .json()
    };
    assert_eq!(
        (enter()["revision"].clone(), enter()["changed"].clone()),
        (2.into(), false.into())
    );
    assert_eq!(enter()["revision"], 2);
    assert_eq!(enter()["since"]["reason"], "deploy");
    let enable = || {
        control
            .post("/v1/services/shop/allowlist/enable", &json!({}))
            .json()
    };
    assert_eq!(enable()["changed"], true);
    assert_eq!(enable()["changed"], false);
    // A repetition leaves alone what it does not name.
    assert_eq!(enter()["changed"], false);
    assert_eq!(enter()["allowlist"]["enabled"], true);
    assert_eq!(control.history("shop").len(), 3);
}

#[test]
fn a_misspelt_member_is_no_switch() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let cases = r#"
/v1/services/shop/enter { "mod": "writes" } → /mod
/v1/services/shop/enter { "mode": "off" } → /mode
/v1/services/shop/enter { "until": "2020-01-01T00:00:00Z" } → /until
/v1/services/shop/enter { "until": "tomorrow" } → /until
/v1/services/shop/enter { "retry_after": 0 } → /retry_after
/v1/services/shop/enter { "reason": "a\nb" } → /reason
/v1/services/shop/exit { "message": "x" } → /message
/v1/services/shop/exit { "wait": { "timeout": 0 } } → /wait/timeout
/v1/services/shop/exit { "wait": { "timeout": 86401 } } → /wait/timeout
/v1/services/shop/allowlist/add { "cidrs": ["::1", "10.0.0.1/8"] } → /cidrs/1
/v1/services/shop/nodes/forget { "node": "a", "lost": true } → /node
/v1/services/shop/exit [] →
/v1/changes { "action": "enter" } → /services
/v1/changes { "action": "enter", "services": [] } → /services
/v1/changes { "action": "enter", "services": ["shop"], "all": true } → /services
/v1/changes { "action": "enter", "services": "shop" } → /services
/v1/changes { "action": "rollback", "all": true } → /action
/v1/changes { "all": true } → /action
/v1/changes { "action": "exit", "all": true, "force": true } → /force
"#;
    let refused = |path: &str, body: &Value, pointer: &str| {
        let problem = control.post(path, body).problem(422, "invalid");
        assert_eq!(problem["pointer"], pointer, "{body}");
    };
    for case in cases.trim().lines() {
        let (asked, pointer) = case.split_once(" →").unwrap();
        let (path, body) = asked.split_once(' ').unwrap();
        refused(path, &serde_json::from_str(body).unwrap(), pointer.trim());
    }
    let long = json!({ "message": "x".repeat(4001) });
    refused("/v1/services/shop/enter", &long, "/message");
    let broken = Ask::new("POST", "/v1/changes")
        .header("content-type", "application/json")
        .body("{");
    control
        .ask(control.authorized(broken))
        .problem(422, "invalid");
    assert_eq!(control.history("shop").len(), 1);
}

#[test]
fn several_services_change_all_or_none() {
    let home = Home::new();
    let control = home.start();
    let answer = control.post("/v1/changes", &json!({ "all": true, "action": "enter" }));
    answer.problem(404, "unknown-service");
    for service in ["a", "b", "c"] {
        control.add(service);
    }
    let some = json!({ "services": ["a", "nix", "b"], "action": "enter" });
    control
        .post("/v1/changes", &some)
        .problem(404, "unknown-service");
    let revisions = || ["a", "b", "c"].map(|name| control.state(name).json()["revision"].clone());
    assert_eq!(revisions(), [1, 1, 1].map(Value::from));

    let two = json!({ "services": ["a", "b", "a"], "action": "enter", "mode": "writes" });
    let answer = control.post("/v1/changes", &two).json();
    assert_eq!(answer["services"].as_array().unwrap().len(), 2);
    assert_eq!(revisions(), [2, 2, 1].map(Value::from));

    let all = control
        .post("/v1/changes", &json!({ "all": true, "action": "enter" }))
        .json();
    assert_eq!(all["services"].as_array().unwrap().len(), 3);
    assert_eq!(revisions(), [3, 3, 2].map(Value::from));

    // One that would become invalid keeps the others as they are.
    let etag = control.state("c").etag();
    let near_limit = json!({ "notice": { "html": "x".repeat((1 << 20) - 2000) } });
    assert_eq!(control.patch("c", &etag, &near_limit).status, 200);
    let longer = json!({ "all": true, "action": "enter", "message": "y".repeat(3000) });
    let problem = control.post("/v1/changes", &longer).problem(422, "invalid");
    assert_eq!(problem["service"], "c");
    assert_eq!(revisions(), [3, 3, 3].map(Value::from));
}

#[test]
fn history_has_the_actor_the_time_the_reason_and_the_change() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.post("/v1/services/shop/enter", &json!({ "reason": "deploy 42" }));
    control.post("/v1/services/shop/exit", &json!({}));
    let history = control.history("shop");
    let seen: Vec<_> = history
        .iter()
        .map(|entry| {
            (
                entry["revision"].clone(),
                entry["action"].clone(),
                entry["reason"].clone(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (1.into(), "add".into(), Value::Null),
            (2.into(), "enter".into(), "deploy 42".into()),
            (3.into(), "exit".into(), Value::Null),
        ]
    );
    assert!(history.iter().all(|entry| entry["actor"] == "operator"));
    assert_eq!(history[1]["before"]["maintenance"], "off");
    assert_eq!(history[1]["after"]["maintenance"], "all");
    // The reason is for operators, and never leaves with the state.
    assert!(!history[1]["after"].to_string().contains("deploy 42"));
    let bad = control.get("/v1/services/shop/history?before=x");
    let bad = bad.problem(400, "query");
    assert_eq!(bad["detail"], "before takes a revision, a whole number");
}

#[test]
fn a_parameter_that_a_request_does_not_have_is_refused() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    for (method, path, detail) in [
        (
            "GET",
            "/v1/export?service=pay",
            "\"service\" is not a parameter; known here: services",
        ),
        (
            "GET",
            "/v1/export?services=shop&services=pay",
            "services is there twice; give it once",
        ),
        (
            "POST",
            "/v1/services/shop/enter?dry_run=true",
            "\"dry_run\" is not a parameter; this request has none; what a change is to do is said in its body",
        ),
        (
            "GET",
            "/v1/services?token",
            "\"token\" is not a parameter; this request has none; what a change is to do is said in its body",
        ),
    ] {
        let answer = control.ask(control.authorized(Ask::new(method, path)));
        assert_eq!(answer.problem(400, "query")["detail"], detail, "{path}");
    }
    assert_eq!(control.state("shop").json()["maintenance"], "off");
    // The URL that a node polls may have a query, and a proxy may have put one into others.
    for path in [
        "/v1/services/shop/state?node=a",
        "/v1/services?",
        "/v1/export?services=shop%2Cshop",
        "/metrics?a=b",
    ] {
        assert_eq!(control.get(path).status, 200, "{path}");
    }
}

#[test]
fn a_long_history_comes_in_pages() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    for round in 0..60 {
        control.post(
            "/v1/services/shop/enter",
            &json!({ "message": format!("round {round}") }),
        );
        control.post("/v1/services/shop/exit", &json!({}));
    }
    let first = control.get("/v1/services/shop/history").json();
    assert_eq!(first["entries"].as_array().unwrap().len(), 100);
    assert_eq!(first["next"], 22);
    assert_eq!(control.history("shop").len(), 121);
    let seen = home
        .run(&control, &["history", "shop", "--output", "json"])
        .json();
    assert_eq!(seen["entries"].as_array().unwrap().len(), 121);
}

#[test]
fn a_rollback_puts_an_earlier_state_in_force_as_a_new_revision() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    home.run(&control, &["allowlist", "add", "shop", "203.0.113.0/24"])
        .done();
    home.run(&control, &["enter", "shop", "--message", "back at noon"])
        .done();
    home.run(&control, &["allowlist", "remove", "shop", "203.0.113.0/24"])
        .done();
    let said = home
        .run(
            &control,
            &["rollback", "shop", "3", "--reason", "the entry was right"],
        )
        .done();
    assert!(said.contains("revision 5"), "{said}");
    let state = control.state("shop").json();
    assert_eq!(state["revision"], 5);
    assert_eq!(state["maintenance"], "all");
    assert_eq!(state["notice"]["message"], "back at noon");
    assert_eq!(state["allowlist"]["cidrs"], json!(["203.0.113.0/24"]));
    let history = control.history("shop");
    assert_eq!(history[4]["action"], "rollback to 3");
    assert_eq!(history[4]["reason"], "the entry was right");

    let again = control.post("/v1/services/shop/rollback", &json!({ "revision": 5 }));
    assert_eq!(
        (again.status, &again.json()["changed"]),
        (200, &json!(false))
    );
    let unknown = control.post("/v1/services/shop/rollback", &json!({ "revision": 9 }));
    assert_eq!(unknown.status, 422);
    assert_eq!(
        unknown.json()["detail"],
        "/revision: there is no revision 9 of shop; intermission history shop lists them"
    );
    let missing = control.post("/v1/services/shop/rollback", &json!({}));
    assert_eq!(missing.json()["detail"], "/revision: is missing");
}

#[test]
fn a_retried_request_is_not_carried_out_again() {
    let home = Home::new();
    let mut control = home.start();
    control.add("shop");
    let enter = |control: &intermission_testkit::control::Control, key: &str, reason: &str| {
        let ask = Ask::new("POST", "/v1/services/shop/enter").json(&json!({ "reason": reason }));
        control.ask(control.authorized(ask.header("idempotency-key", key)))
    };
    let first = enter(&control, "\"a-1\"", "deploy");
    assert_eq!(
        (first.status, &first.json()["changed"]),
        (200, &json!(true))
    );
    control.post("/v1/services/shop/exit", &json!({}));
    // The same with and without quotes, and after a crash.
    for key in ["\"a-1\"", "a-1"] {
        let again = enter(&control, key, "deploy");
        assert_eq!((again.status, again.json()), (200, first.json()));
        assert_eq!(control.state("shop").json()["maintenance"], "off");
        control.kill();
        control = home.start();
    }
    let other = enter(&control, "a-1", "another reason");
    assert_eq!(other.status, 422);
    assert_eq!(other.json()["type"], "urn:intermission:key-reused");
    // A request that changed nothing is not carried out later either.
    assert_eq!(enter(&control, "a-2", "deploy").json()["changed"], true);
    assert_eq!(enter(&control, "a-3", "deploy").json()["changed"], false);
    control.post("/v1/services/shop/exit", &json!({}));
    enter(&control, "a-3", "deploy");
    assert_eq!(control.state("shop").json()["maintenance"], "off");
    for bad in ["\"", "a b", "a\"b", &"x".repeat(256)] {
        assert_eq!(enter(&control, bad, "deploy").status, 400, "{bad}");
    }
    assert_eq!(control.state("shop").json()["maintenance"], "off");
}

#[test]
fn requests_that_change_no_state_are_not_carried_out_again_either() {
    let home = Home::new();
    let control = home.start();
    let ask = |path: &str, body: &Value| {
        let ask = Ask::new("POST", path).json(body);
        control.ask(control.authorized(ask.header("idempotency-key", path)))
    };
    let twice = |path: &str, body: &Value| {
        let first = ask(path, body);
        assert_eq!(first.status, 200, "{}", first.json());
        assert_eq!(ask(path, body).json(), first.json());
        let mut other = body.clone();
        other["reason"] = "another".into();
        ask(path, &other).problem(422, "key-reused");
    };
    let add = json!({ "name": "shop" });
    let added = ask("/v1/services", &add);
    assert_eq!((added.status, ask("/v1/services", &add).status), (201, 201));
    let store = || control.state("shop").json()["store"].clone();
    let before = store();
    ask("/v1/store/adopt", &json!({}));
    let adopted = store();
    assert_ne!(adopted, before);
    twice("/v1/store/adopt", &json!({}));
    assert_eq!(store(), adopted);
    assert_eq!(control.history("shop").len(), 2);

    let report = "\"a\";boot=\"b\";seq=1;kind=tower;wait=60";
    let poll = || {
        let poll = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
        control.ask(control.authorized(poll))
    };
    poll();
    let forget = "/v1/services/shop/nodes/forget";
    twice(forget, &json!({ "node": "a", "boot": "b" }));
    // The node is there again, and the repeated request does not forget it again.
    poll();
    twice(forget, &json!({ "node": "a", "boot": "b" }));
    let fleet = control.get("/v1/services/shop/fleet").json();
    assert_eq!(fleet["nodes"].as_array().unwrap().len(), 1);
}
