use intermission_testkit::control::{Ask, Control, Home};
use serde_json::json;

/// Every request that control knows, and who may send it: a viewer, a node, an operator.
const ROUTES: [(&str, &str, [bool; 3]); 26] = [
    ("GET", "/metrics", [true, false, true]),
    ("GET", "/v1/services", [true, false, true]),
    ("HEAD", "/v1/services", [true, false, true]),
    ("POST", "/v1/services", [false, false, true]),
    ("GET", "/v1/services/shop/state", [false, true, true]),
    ("HEAD", "/v1/services/shop/state", [false, true, true]),
    ("PATCH", "/v1/services/shop/state", [false, false, true]),
    ("GET", "/v1/services/shop/history", [false, false, true]),
    ("POST", "/v1/services/shop/enter", [false, false, true]),
    ("POST", "/v1/services/shop/exit", [false, false, true]),
    ("POST", "/v1/services/shop/rollback", [false, false, true]),
    (
        "POST",
        "/v1/services/shop/allowlist/enable",
        [false, false, true],
    ),
    (
        "POST",
        "/v1/services/shop/allowlist/disable",
        [false, false, true],
    ),
    (
        "POST",
        "/v1/services/shop/allowlist/add",
        [false, false, true],
    ),
    (
        "POST",
        "/v1/services/shop/allowlist/remove",
        [false, false, true],
    ),
    (
        "POST",
        "/v1/services/shop/allowlist/set",
        [false, false, true],
    ),
    ("POST", "/v1/services/shop/notice", [false, false, true]),
    ("POST", "/v1/changes", [false, false, true]),
    ("GET", "/v1/services/shop/fleet", [true, false, true]),
    (
        "POST",
        "/v1/services/shop/nodes/forget",
        [false, false, true],
    ),
    ("GET", "/v1/barriers/0", [true, false, true]),
    ("POST", "/v1/store/adopt", [false, false, true]),
    ("GET", "/v1/tokens", [false, false, true]),
    ("POST", "/v1/tokens", [false, false, true]),
    ("POST", "/v1/tokens/viewer/revoke", [false, false, true]),
    ("DELETE", "/v1/services", [false, false, true]),
];

#[test]
fn each_role_may_do_what_it_is_for_and_is_refused_the_rest_by_name() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let tokens = ["viewer", "node", "boss"].map(|name| {
        let role = if name == "boss" { "operator" } else { name };
        (
            name,
            role,
            control.token(&json!({ "name": name, "role": role })),
        )
    });
    // The last first, so that no token is revoked before its request.
    for ((name, role, token), index) in tokens.iter().zip(0..) {
        for (method, path, allowed) in ROUTES {
            let answer = control.ask(Ask::new(method, path).bearer(token));
            if allowed[index] {
                assert!(
                    ![401, 403].contains(&answer.status),
                    "{role}: {method} {path}"
                );
                continue;
            }
            assert_eq!(answer.status, 403, "{role}: {method} {path}");
            let log = home.log();
            let logged = log.lines().any(|line| {
                line.contains("refused: the token has another role")
                    && line.contains(&format!("token=\"{name}\" role={role} "))
                    && line.contains(&format!("method={method} path=\"{path}\""))
            });
            assert!(logged, "{role}: {method} {path} is not in {log}");
        }
        // A client with a token learns that a path is wrong, and any client that control is well.
        let nowhere = control.ask(Ask::new("GET", "/v1/nowhere").bearer(token));
        nowhere.problem(404, "unknown-path");
    }
    assert_eq!(control.ask(Ask::new("GET", "/healthz")).status, 200);
    let log = home.log();
    assert!(
        tokens
            .iter()
            .all(|(.., token)| !log.contains(token.as_str()))
    );
}

#[test]
fn a_refusal_names_the_role_that_is_needed_and_the_one_that_is_there() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let viewer = control.token(&json!({ "name": "wall", "role": "viewer" }));
    let ask = |method, path: &str| control.ask(Ask::new(method, path).bearer(&viewer));
    let refused = ask("POST", "/v1/services/shop/enter").problem(403, "role");
    assert_eq!(refused["needed"], "operator");
    assert_eq!(refused["role"], "viewer");
    assert_eq!(
        refused["detail"],
        "this needs an operator's token, and wall is a viewer's"
    );
    let refused = ask("GET", "/v1/services/shop/state").problem(403, "role");
    assert_eq!(refused["needed"], "node");
    assert_eq!(
        refused["detail"],
        "this needs a node's or an operator's token, and wall is a viewer's"
    );
    assert_eq!(control.state("shop").json()["revision"], 1);

    // The same from the command.
    let run = home
        .binary()
        .env("INTERMISSION_TOKEN", &viewer)
        .env("INTERMISSION_SERVER", format!("http://{}", control.address))
        .args(["enter", "shop"])
        .output();
    assert_eq!(
        intermission_testkit::control::Run::from(run.unwrap()).failed(4),
        "intermission: Not with this token; nothing was changed: this needs an operator's token, and wall is a viewer's\n"
    );
}

#[test]
fn a_viewer_sees_no_address_of_a_tester() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    home.run(&control, &["allowlist", "add", "shop", "203.0.113.7"])
        .done();
    let viewer = control.token(&json!({ "name": "wall", "role": "viewer" }));
    for (method, path, [allowed, ..]) in ROUTES {
        if method == "GET" && allowed {
            let answer = control.ask(Ask::new(method, path).bearer(&viewer));
            let missing = path.starts_with("/v1/barriers/");
            assert_eq!(answer.status, if missing { 404 } else { 200 });
            assert!(
                !String::from_utf8(answer.body)
                    .unwrap()
                    .contains("203.0.113"),
                "{path}"
            );
        }
    }
}

fn poll(control: &Control, service: &str, token: &str) -> u16 {
    let ask = Ask::new("GET", format!("/v1/services/{service}/state")).bearer(token);
    control.ask(ask).status
}

#[test]
fn a_node_that_is_bound_polls_its_own_services_alone() {
    let home = Home::new();
    let control = home.start();
    for service in ["shop", "pay", "mail"] {
        control.add(service);
    }
    let bound = json!({ "name": "edge", "role": "node", "services": ["shop", "pay"] });
    let bound = control.token(&bound);
    let free = control.token(&json!({ "name": "any", "role": "node" }));
    for (service, status) in [("shop", 200), ("pay", 200), ("mail", 403), ("shp", 403)] {
        assert_eq!(poll(&control, service, &bound), status, "{service}");
    }
    for (service, status) in [("shop", 200), ("mail", 200), ("shp", 404)] {
        assert_eq!(poll(&control, service, &free), status, "{service}");
    }
    let other = Ask::new("GET", "/v1/services/mail/state").bearer(&bound);
    let problem = control.ask(other).problem(403, "token-service");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .starts_with("the token edge is for pay, shop; "),
        "{problem}"
    );
    assert!(
        home.log()
            .contains("refused: the token is for other services")
    );
}
