use std::collections::BTreeSet;

use intermission_testkit::control::{Ask, Control, Home};
use intermission_testkit::{promtool_accepts, promtool_accepts_rules};
use serde_json::json;

const DOCS: &str = include_str!("../../../../docs/control.md");
const REPLICAS: &str = include_str!("../../../../docs/replicas.md");

fn metrics(control: &Control) -> String {
    let answer = control.get("/metrics");
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; version=0.0.4")
    );
    String::from_utf8(answer.body).unwrap()
}

/// The names behind `mark` at the beginning of a line.
fn names<'a>(text: &'a str, mark: &str) -> BTreeSet<&'a str> {
    let named = text.lines().filter_map(|line| line.strip_prefix(mark));
    let names = named.filter_map(|rest| rest.split([' ', '`', '{']).next());
    names
        .filter(|name| name.starts_with("intermission_"))
        .collect()
}

#[test]
fn metrics_are_those_of_the_docs_and_promtool_accepts_them() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.post("/v1/services/shop/enter", &json!({ "for": "2h" }));
    control.until(|| metrics(&control).contains("intermission_control_store_bytes "));
    let text = metrics(&control);
    let mut documented = names(DOCS, "| `");
    let of_certificates = "intermission_control_certificate_expiration_timestamp_seconds";
    assert!(documented.remove(of_certificates), "absent without one");
    assert_eq!(names(&text, "# TYPE "), documented, "{text}");
    assert_eq!(names(&text, "# HELP "), documented, "{text}");
    promtool_accepts(&text);
}

#[test]
fn promtool_accepts_the_rules_of_the_docs() {
    let blocks = [DOCS, REPLICAS]
        .into_iter()
        .flat_map(|docs| docs.split("```"));
    let blocks: Vec<_> = blocks.filter(|block| block.contains("- alert:")).collect();
    let [rules, of_replicas] = blocks[..] else {
        panic!("{blocks:?}");
    };
    // Those of replicas are to be appended.
    let [rules, of_replicas] =
        [rules, of_replicas].map(|block| block.strip_prefix("yaml\n").unwrap());
    promtool_accepts_rules(&format!("{rules}{of_replicas}"));
}

/// That every line of `expected` is there.
#[track_caller]
fn assert_sampled(text: &str, expected: &str) {
    for line in expected.lines().map(str::trim) {
        assert!(
            text.lines().any(|found| found == line),
            "no {line:?} in {text}"
        );
    }
}

#[test]
fn requests_are_counted_by_route() {
    let home = Home::new();
    let control = home.start();
    for service in ["shop", "pay"] {
        control.add(service);
        control.state(service);
    }
    control.get("/v1/services/none/state");
    for path in ["/nowhere", "/nowhere/else", "/v1/services/shop/none"] {
        control.get(path);
    }
    control.ask(Ask::new("GET", "/v1/tokens"));
    control.ask(control.authorized(Ask::new("BREW", "/v1/tokens")));
    control.ask(Ask::new("GET", "/healthz").header("host", "evil.example"));
    let text = metrics(&control);
    let requests = "intermission_control_requests_total";
    assert_sampled(
        &text,
        &format!(
            r#"{requests}{{method="GET",route="/v1/services/{{name}}/state",status="200"}} 2
            {requests}{{method="GET",route="/v1/services/{{name}}/state",status="404"}} 1
            {requests}{{method="POST",route="/v1/services",status="201"}} 2
            {requests}{{method="GET",route="unknown",status="404"}} 3
            {requests}{{method="GET",route="/v1/tokens",status="401"}} 1
            {requests}{{method="other",route="/v1/tokens",status="405"}} 1
            {requests}{{method="GET",route="/healthz",status="421"}} 1
            intermission_control_request_duration_seconds_count{{method="POST",route="/v1/services"}} 2"#
        ),
    );
    assert_eq!(text.matches(&format!("{requests}{{")).count(), 7, "{text}");
}

#[test]
fn the_state_of_each_service_is_a_metric() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.add("pay");
    let entered = control.post(
        "/v1/services/shop/enter",
        &json!({ "mode": "writes", "for": "2h" }),
    );
    control.post("/v1/services/shop/allowlist/enable", &json!({}));
    control.post(
        "/v1/services/shop/enter",
        &json!({ "mode": "writes", "wait": { "expect": 9 } }),
    );
    let report = |name: &str, more: &str| {
        let report = format!("\"{name}\";boot=\"b\";seq=1;kind=tower;wait=60{more}");
        let ask = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
        assert_eq!(control.ask(control.authorized(ask)).status, 200);
    };
    report("a", "");
    report("b", "");
    let etag = control.state("shop").etag();
    report("c", &format!(";applied={etag}"));
    // Its own connection; those before it end when they come to it.
    control.until(|| metrics(&control).contains("intermission_control_connections 1\n"));
    let second = |place: &str| {
        let outcome = entered.json();
        let at: jiff::Timestamp = outcome
            .pointer(place)
            .unwrap()
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        at.as_second()
    };
    assert_sampled(
        &metrics(&control),
        &format!(
            r#"intermission_control_revision{{service="shop"}} 3
            intermission_control_revision{{service="pay"}} 1
            intermission_control_maintenance{{mode="writes",service="shop"}} 1
            intermission_control_maintenance{{mode="all",service="shop"}} 0
            intermission_control_maintenance{{mode="off",service="shop"}} 0
            intermission_control_maintenance{{mode="off",service="pay"}} 1
            intermission_control_maintenance_begun_timestamp_seconds{{service="shop"}} {}
            intermission_control_maintenance_ends_timestamp_seconds{{service="shop"}} {}
            intermission_control_allowlist_enabled{{service="shop"}} 1
            intermission_control_allowlist_enabled{{service="pay"}} 0
            intermission_control_members{{service="shop",standing="behind"}} 2
            intermission_control_members{{service="shop",standing="drained"}} 1
            intermission_control_members{{service="shop",standing="lost"}} 0
            intermission_control_members{{service="pay",standing="behind"}} 0
            intermission_control_barriers_open{{service="shop"}} 1
            intermission_control_barriers_open{{service="pay"}} 0
            intermission_control_polls_held 0
            intermission_control_disk_failed 0
            intermission_control_build_info{{version="{}"}} 1"#,
            second("/since/at"),
            second("/timer/at"),
            env!("CARGO_PKG_VERSION"),
        ),
    );
}

#[test]
fn nodes_that_are_not_stored_are_counted() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    control.add("pay");
    let edge = json!({ "name": "edge", "role": "node", "nodes": "edge-*", "max_members": 1 });
    let edge = control.token(&edge);
    let poll = |service: &str, report: &str| {
        let ask = Ask::new("GET", format!("/v1/services/{service}/state"));
        let ask = ask.header("intermission-node", report);
        control.ask(ask.bearer(&edge)).status
    };
    let rest = ";boot=\"b\";seq=1;kind=tower;wait=60";
    assert_eq!(poll("shop", "\"edge-1\""), 200);
    assert_eq!(poll("shop", &format!("\"shop-1\"{rest}")), 200);
    assert_eq!(poll("shop", &format!("\"edge-1\"{rest};refused=7")), 200);
    assert_eq!(poll("shop", &format!("\"edge-2\"{rest}")), 200);
    assert_eq!(poll("none", &format!("\"shop-1\"{rest}")), 404);
    let text = metrics(&control);
    assert_sampled(
        &text,
        r#"intermission_control_nodes_unstored{service="shop"} 3
        intermission_control_nodes_unstored{service="pay"} 0
        intermission_control_node_requests{rule="refused",service="shop"} 0"#,
    );
    assert!(!text.contains("none"), "{text}");
    let etag = control
        .state("shop")
        .header("etag")
        .unwrap()
        .replace('"', "");
    let counted =
        format!("\"edge-1\";boot=\"b\";seq=2;kind=tower;wait=60;applied=\"{etag}\";refused=7");
    assert_eq!(poll("shop", &counted), 200);
    assert_sampled(
        &metrics(&control),
        r#"intermission_control_node_requests{rule="refused",service="shop"} 7
        intermission_control_node_requests{rule="exempt",service="shop"} 0"#,
    );
}

#[test]
fn the_time_of_a_poll_excludes_the_time_for_which_it_was_held() {
    let home = Home::new();
    let control = home.start();
    control.add("shop");
    let etag = control.state("shop").etag();
    let poll = Ask::new("GET", "/v1/services/shop/state")
        .header("if-none-match", etag)
        .header("prefer", "wait=1");
    let held = control.begin(poll);
    control.until(|| metrics(&control).contains("intermission_control_polls_held 1\n"));
    assert_eq!(held.recv().unwrap().status, 304);
    let text = metrics(&control);
    assert_sampled(
        &text,
        r#"intermission_control_polls_held 0
        intermission_control_request_duration_seconds_bucket{method="GET",route="/v1/services/{name}/state",le="0.5"} 2"#,
    );
}
