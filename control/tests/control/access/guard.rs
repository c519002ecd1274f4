use intermission_testkit::control::{Ask, Home};
use serde_json::json;

const CHANGES: [(&str, &str); 10] = [
    ("POST", "/v1/services"),
    ("POST", "/v1/changes"),
    ("POST", "/v1/services/shop/enter"),
    ("POST", "/v1/services/shop/exit"),
    ("POST", "/v1/services/shop/allowlist/enable"),
    ("POST", "/v1/services/shop/allowlist/disable"),
    ("POST", "/v1/services/shop/rollback"),
    ("POST", "/v1/tokens"),
    ("POST", "/v1/tokens/ci/revoke"),
    ("PATCH", "/v1/services/shop/state"),
];

const READS: [(&str, &str); 6] = [
    ("GET", "/v1/services"),
    ("GET", "/v1/services/shop/state"),
    ("HEAD", "/v1/services/shop/state"),
    ("GET", "/v1/services/shop/history"),
    ("GET", "/v1/tokens"),
    ("GET", "/nowhere"),
];

#[test]
fn every_request_needs_a_token_in_its_place() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let other = format!("Bearer imo_{}", "A".repeat(43));
    let longer = format!("Bearer {}A", control.token);
    let basic = format!("Basic {}", control.token);
    let two = format!("Bearer x, Bearer {}", control.token);
    for (method, path) in CHANGES.into_iter().chain(READS) {
        for value in [
            "",
            "Bearer",
            "Bearer ",
            &other,
            &longer,
            &basic,
            &two,
            &control.token,
        ] {
            let answer = control.ask(Ask::new(method, path).header("authorization", value));
            if method == "HEAD" {
                assert_eq!(answer.status, 401);
            } else {
                answer.problem(401, "token");
            }
            assert!(
                answer
                    .header("www-authenticate")
                    .unwrap()
                    .starts_with("Bearer")
            );
        }
        let token = format!("Bearer {}", control.token);
        let twice = Ask::new(method, path)
            .header("authorization", &token)
            .header("authorization", &token);
        assert_eq!(control.ask(twice).status, 401);
        // In the Authorization header alone.
        let elsewhere = |header: &str, value: String| {
            let ask = Ask::new(method, path).header(header, value);
            assert_eq!(control.ask(ask).status, 401, "{header}");
        };
        for name in ["token", "access_token", "authorization"] {
            let query = format!("{path}?{name}={}", control.token);
            assert_eq!(control.ask(Ask::new(method, query)).status, 401, "{name}");
            elsewhere("cookie", format!("{name}={}", control.token));
        }
        elsewhere("proxy-authorization", token.clone());
        elsewhere("x-api-key", control.token.clone());
    }
    assert_eq!(control.state("shop").json()["revision"], 1);
    assert!(
        !home.log().contains(&control.token),
        "tokens are not logged"
    );
}

#[test]
fn a_foreign_host_gets_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    for path in [
        "/v1/services",
        "/v1/services/shop/state",
        "/healthz",
        "/nowhere",
    ] {
        for host in [
            "evil.example",
            "evil.example:7700",
            "localhost.evil.example",
            "10.0.0.1",
            "127.0.0.1@evil",
        ] {
            control
                .ask(Ask::new("GET", path).header("host", host))
                .problem(421, "host");
        }
        let two = Ask::new("GET", path)
            .header("host", "localhost")
            .header("host", "evil.example");
        assert!(matches!(control.ask(two).status, 400 | 421));
        let absolute =
            Ask::new("GET", format!("http://evil.example{path}")).header("host", "localhost");
        control.ask(absolute).problem(421, "host");
    }
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1", "[::1]:7700"] {
        let answer = control.ask(Ask::new("GET", "/healthz").header("host", host));
        assert_eq!(answer.status, 200, "{host}");
    }
}

#[test]
fn a_page_of_another_origin_changes_nothing() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    for (method, path) in CHANGES {
        for (name, value) in [
            ("origin", "http://evil.example".to_owned()),
            ("origin", "null".to_owned()),
            ("origin", format!("https://{}", control.address)),
            ("origin", "http://localhost:3000".to_owned()),
            ("sec-fetch-site", "cross-site".to_owned()),
            ("sec-fetch-site", "same-site".to_owned()),
        ] {
            let ask = control
                .authorized(Ask::new(method, path))
                .header(name, value);
            control.ask(ask).problem(403, "origin");
        }
    }
    assert_eq!(control.state("shop").json()["revision"], 1);
    let own = Ask::new("POST", "/v1/services/shop/enter")
        .header("origin", format!("http://{}", control.address))
        .header("sec-fetch-site", "same-origin");
    assert_eq!(control.ask(control.authorized(own)).status, 200);
}

#[test]
fn no_answer_lets_a_script_of_another_origin_read_it() {
    let home = Home::new();
    let control = home.start();
    let preflight = Ask::new("OPTIONS", "/v1/changes")
        .header("origin", "http://evil.example")
        .header("access-control-request-method", "POST");
    let read = Ask::new("GET", "/v1/services").header("origin", "http://evil.example");
    for ask in [preflight, read] {
        let answer = control.ask(ask);
        let cors = |(name, _): &(String, String)| name.starts_with("access-control");
        assert!(!answer.headers.iter().any(cors), "{answer:?}");
    }
}

#[test]
fn what_control_does_not_know_is_a_problem() {
    let home = Home::new();
    let control = home.start();
    control.get("/").problem(404, "unknown-path");
    let wrong = control.ask(control.authorized(Ask::new("DELETE", "/v1/services")));
    wrong.problem(405, "method");
    assert_eq!(wrong.header("allow"), Some("GET,HEAD,POST"));
    control.get("/v1/services/%ff/state").problem(400, "path");
    for garbage in [
        "\u{7f}",
        "\"",
        "W/",
        "*, *",
        "imo_",
        "Bearer imo_",
        "{",
        "%00",
        "=====",
    ] {
        for header in [
            "if-match",
            "if-none-match",
            "authorization",
            "origin",
            "content-type",
            "sec-fetch-site",
        ] {
            let ask = Ask::new("POST", "/v1/services/shop/enter").header(header, garbage);
            let status = control.ask(ask).status;
            assert!(
                (400..500).contains(&status),
                "{header}: {garbage:?} got {status}"
            );
        }
    }
}

#[test]
fn a_body_that_is_too_large_or_of_another_kind_is_refused() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let large = json!({ "message": "x".repeat(1 << 20) });
    control
        .post("/v1/services/shop/enter", &large)
        .problem(413, "too-large");
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ] {
        let form = Ask::new("POST", "/v1/services/shop/enter")
            .header("content-type", kind)
            .body("{}");
        control
            .ask(control.authorized(form))
            .problem(415, "media-type");
    }
    let form = Ask::new("PATCH", "/v1/services/shop/state")
        .header("if-match", "*")
        .header("content-type", "text/plain")
        .body("{\"maintenance\": \"all\"}");
    control
        .ask(control.authorized(form))
        .problem(415, "media-type");
    assert_eq!(control.state("shop").json()["revision"], 1);
}
