//! Tokens of operators and viewers that are for some services alone.

use intermission_testkit::Etcd;
use intermission_testkit::control::openapi::DESCRIPTION;
use intermission_testkit::control::{Ask, Control, Home};
use serde_json::{Value, json};

use super::tokens::run_as;

/// The services of a control; the tokens are for the first alone.
const SERVICES: [&str; 2] = ["shop", "pay"];
/// What answers about the services of the token alone.
const COVERED: &[(&str, &str)] = &[
    ("GET", "/metrics"),
    ("GET", "/v1/export"),
    ("POST", "/v1/apply"),
    ("GET", "/v1/fleet"),
    ("GET", "/v1/services"),
    ("POST", "/v1/changes"),
];
/// What any client may ask.
const OPEN: &[&str] = &["/healthz", "/readyz", "/openapi.json"];

fn start(home: &Home) -> Control {
    let control = home.start();
    for service in SERVICES {
        control.add(service);
    }
    control
}

fn bound(control: &Control, role: &str) -> String {
    control.token(&json!({ "name": format!("a-{role}"), "role": role, "services": ["shop"] }))
}

/// Every method and path that is described, about this service.
fn routes(service: &str, barrier: &str) -> Vec<(&'static str, &'static str, String)> {
    let paths = DESCRIPTION["paths"].as_object().unwrap().iter();
    let routes = paths.flat_map(|(route, methods)| {
        let path = route.replace("{name}", service).replace("{id}", barrier);
        let path = path.replace("{pass}", "ann");
        let methods = methods.as_object().unwrap().keys();
        let methods = methods.map(|method| match method.as_str() {
            "get" => "GET",
            "post" => "POST",
            "patch" => "PATCH",
            "delete" => "DELETE",
            other => panic!("{other}"),
        });
        methods.map(move |method| (method, route.as_str(), path.clone()))
    });
    routes.collect()
}

/// Starts a wait for a service, which does not end.
fn barrier(control: &Control, service: &str) -> String {
    let path = format!("/v1/services/{service}/enter");
    let begun = control.post(&path, &json!({ "wait": { "expect": 9 } }));
    begun.json()["barrier"].as_str().unwrap().to_owned()
}

/// All that a control says of a service, and of itself.
fn all_of(control: &Control, service: &str) -> Vec<Value> {
    let paths = ["allowlist", "history", "passes", "state"];
    let paths = paths.map(|part| format!("/v1/services/{service}/{part}"));
    let all = paths.iter().map(String::as_str);
    let all = all.chain(["/v1/tokens"]);
    all.map(|path| control.get(path).json()).collect()
}

#[test]
fn no_route_shows_or_changes_another_service() {
    let home = Home::new();
    let control = start(&home);
    let tokens = ["operator", "viewer", "node"].map(|role| bound(&control, role));
    let other = barrier(&control, "pay");
    let before = all_of(&control, "pay");
    for token in &tokens {
        for (method, route, path) in routes("pay", &other) {
            let answer = control.ask(Ask::new(method, &path).bearer(token));
            let asked = format!("{method} {path}");
            if OPEN.contains(&route) {
                assert!(answer.status < 300, "{asked}");
            } else if COVERED.contains(&(method, route)) {
                assert_ne!(answer.status, 401, "{asked}");
                let body = String::from_utf8(answer.body).unwrap();
                assert!(!body.contains("pay"), "{asked}: {body}");
            } else {
                assert_eq!(answer.status, 403, "{asked}");
            }
        }
    }
    // However the path is written.
    for path in [
        "p%61y/exit",
        "%70%61%79/exit",
        "shop%2F..%2Fpay/exit",
        "shop/../pay/exit",
    ] {
        let ask = Ask::new("POST", format!("/v1/services/{path}"));
        let status = control.ask(ask.bearer(&tokens[0])).status;
        assert!([403, 404].contains(&status), "{path}: {status}");
    }
    assert_eq!(all_of(&control, "pay"), before);
    assert!(
        home.log()
            .contains("refused: the token is for some services alone")
    );
}

#[test]
fn every_route_about_its_own_service_is_open_to_an_operator() {
    let home = Home::new();
    let control = start(&home);
    let operator = bound(&control, "operator");
    let own = barrier(&control, "shop");
    for (method, route, path) in routes("shop", &own) {
        let is_own = route.starts_with("/v1/services/{name}/") || route == "/v1/barriers/{id}";
        if is_own || COVERED.contains(&(method, route)) {
            let status = control
                .ask(Ask::new(method, &path).bearer(&operator))
                .status;
            assert!(![401, 403].contains(&status), "{method} {path}: {status}");
        }
    }
    let services = control
        .ask(Ask::new("GET", "/v1/services").bearer(&operator))
        .json();
    assert_eq!(services["services"].as_array().unwrap().len(), 1);
    assert_eq!(services["services"][0]["service"], "shop");
    let metrics = control.ask(Ask::new("GET", "/metrics").bearer(&operator));
    let metrics = String::from_utf8(metrics.body).unwrap();
    assert!(
        metrics.contains("intermission_control_revision{service=\"shop\"} "),
        "{metrics}"
    );
    assert!(!metrics.contains("requests_total"), "{metrics}");
}

#[test]
fn a_change_of_several_services_is_refused_whole_if_one_of_them_is_not_its_own() {
    let home = Home::new();
    let control = start(&home);
    control.add("mail");
    let ci = bound(&control, "operator");
    let said = run_as(&home, &control, &ci, "enter shop pay mail").failed(4);
    assert_eq!(
        said,
        "intermission: The token is for other services; nothing was changed: the token a-operator is for shop; not for \
         pay, mail; ask an operator of all services for one: intermission token create NAME --role operator --service SERVICE\n"
    );
    for service in ["shop", "pay", "mail"] {
        assert_eq!(control.state(service).json()["revision"], 1);
    }
}

#[test]
fn all_services_are_all_of_the_token_and_the_others_are_named() {
    let home = Home::new();
    let control = start(&home);
    control.add("mail");
    let ci = bound(&control, "operator");
    let entered = run_as(&home, &control, &ci, "enter --all --reason deploy").done();
    assert!(entered.starts_with("shop: "), "{entered}");
    assert!(
        entered.ends_with("\nleft out: mail, pay; the token is for other services\n"),
        "{entered}"
    );
    let exited = run_as(
        &home,
        &control,
        &ci,
        "exit --all --wait --expect 0 --output json",
    )
    .json();
    assert_eq!(exited["left_out"], json!(["mail", "pay"]));
    assert_eq!(exited["services"].as_array().unwrap().len(), 1);
    assert_eq!(exited["services"][0]["wait"]["ending"], "done");
    assert_eq!(control.history("shop")[1]["actor"], "a-operator");
    assert_eq!(control.history("pay").len(), 1);
    // Where nothing is left out, nothing is said of it.
    let all = home
        .run(&control, &["enter", "--all", "--output", "json"])
        .json();
    assert_eq!(all["left_out"], json!(null));
}

#[test]
fn a_file_that_names_another_service_is_refused_whole_and_an_export_has_none() {
    let home = Home::new();
    let control = start(&home);
    let ci = bound(&control, "operator");
    let apply = |body: &Value| {
        let ask = Ask::new("POST", "/v1/apply").json(body);
        control.ask(ask.bearer(&ci))
    };
    let scope = json!({ "scope": { "paths": ["/checkout"] } });
    let both = json!({ "services": { "shop": scope, "pay": scope } });
    apply(&both).problem(403, "token-service");
    let adds = json!({ "services": { "shop": scope }, "create": true });
    apply(&adds).problem(403, "token-service");
    for service in SERVICES {
        assert_eq!(control.state(service).json()["revision"], 1);
    }
    assert_eq!(apply(&json!({ "services": { "shop": scope } })).status, 200);
    let export = |query: &str| {
        let ask = Ask::new("GET", format!("/v1/export{query}"));
        control.ask(ask.bearer(&ci))
    };
    let exported = export("").json();
    let names: Vec<_> = exported["services"].as_object().unwrap().keys().collect();
    assert_eq!(names, ["shop"]);
    export("?services=shop,pay").problem(403, "token-service");
}

#[test]
fn a_key_of_a_token_gives_the_answer_of_no_other_token() {
    let home = Home::new();
    let control = start(&home);
    let ci = bound(&control, "operator");
    let ask = |token: &str| {
        let ask = Ask::new("POST", "/v1/changes").header("idempotency-key", "once");
        let ask = ask.json(&json!({ "all": true, "action": "enter" }));
        control.ask(ask.bearer(token)).json()
    };
    let all = ask(&control.token);
    assert_eq!(all["services"].as_array().unwrap().len(), 2);
    let first = ask(&ci);
    assert_eq!(first["services"].as_array().unwrap().len(), 1);
    assert_eq!(ask(&ci), first);
}

#[test]
fn it_is_as_bound_after_a_restart_and_makes_no_tokens() {
    let etcd = Etcd::start(1);
    let urls = etcd.urls().join(",");
    for more in [&[][..], &["--etcd", &urls]] {
        let home = Home::new();
        let serve = || {
            let control = home.start_with(more);
            control.until(|| control.get("/v1/services").status == 200);
            control
        };
        let mut control = serve();
        for service in SERVICES {
            control.add(service);
        }
        let ci = bound(&control, "operator");
        let made = home.run(&control, &["token", "list"]).done();
        let line = made
            .lines()
            .find(|line| line.starts_with("a-operator"))
            .unwrap();
        assert!(line.ends_with("by operator  services shop"), "{line}");
        control.stop();
        let control = serve();
        run_as(&home, &control, &ci, "enter shop").done();
        for line in [
            "exit pay",
            "token create more --role operator --service shop",
            "token create more --role node --service shop",
            "token list",
            "service add more",
            "store adopt",
            "service remove shop",
            "status pay",
        ] {
            let said = run_as(&home, &control, &ci, line).failed(4);
            assert!(
                said.contains("the token a-operator is for shop; "),
                "{said}"
            );
        }
    }
}
