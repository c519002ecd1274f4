use intermission_testkit::control::{Ask, Control, Home};
use serde_json::json;

/// Every request that control knows, and the roles that may send it.
const ROUTES: &str = "
GET /metrics viewer,operator
GET /v1/services viewer,operator
HEAD /v1/services viewer,operator
POST /v1/services operator
GET /v1/services/shop/state node,operator
HEAD /v1/services/shop/state node,operator
PATCH /v1/services/shop/state operator
GET /v1/services/shop/history operator
POST /v1/services/shop/enter operator
POST /v1/services/shop/exit operator
POST /v1/services/shop/rollback operator
POST /v1/services/shop/allowlist/enable operator
POST /v1/services/shop/allowlist/disable operator
POST /v1/services/shop/allowlist/add operator
POST /v1/services/shop/allowlist/remove operator
POST /v1/services/shop/allowlist/set operator
POST /v1/services/shop/allowlist/prune operator
GET /v1/services/shop/allowlist operator
GET /v1/services/shop/passes operator
POST /v1/services/shop/passes operator
DELETE /v1/services/shop/passes/ann operator
POST /v1/services/shop/notice operator
POST /v1/changes operator
GET /v1/services/shop/fleet viewer,operator
GET /v1/fleet viewer,operator
POST /v1/services/shop/nodes/forget operator
GET /v1/barriers/0 viewer,operator
POST /v1/store/adopt operator
GET /v1/tokens operator
POST /v1/tokens operator
POST /v1/tokens/viewer/revoke operator
DELETE /v1/services operator
DELETE /v1/services/shop operator
";

/// Method, path and roles of each.
fn routes() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    ROUTES.trim().lines().map(|route| {
        let (method, rest) = route.split_once(' ').unwrap();
        let (path, roles) = rest.split_once(' ').unwrap();
        (method, path, roles)
    })
}

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
    for (name, role, token) in &tokens {
        for (method, path, roles) in routes() {
            let answer = control.ask(Ask::new(method, path).bearer(token));
            if roles.split(',').any(|allowed| allowed == *role) {
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
    for (method, path, roles) in routes() {
        if method == "GET" && roles.starts_with("viewer") {
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
