use std::fs;

use intermission_testkit::Etcd;
use intermission_testkit::control::{Ask, Control, Home, Run};
use serde_json::{Value, json};

/// Runs `store copy` between the data folder of `home` and etcd.
fn copy(home: &Home, etcd: &Etcd, direction: &str) -> Run {
    let mut command = home.binary();
    command
        .args(["store", "copy", direction, "--output", "json", "--data"])
        .arg(home.data())
        .args(["--etcd", &etcd.urls().join(",")]);
    Run::from(command.output().unwrap())
}

/// A store with everything that a store can have.
fn fill(home: &Home) -> Control {
    let control = home.start();
    control.add("shop");
    control.add("pay");
    let node = json!({ "name": "edge", "role": "node", "services": ["shop"] });
    let token = control.token(&node);
    let gone = control.token(&json!({ "name": "gone", "role": "viewer" }));
    assert!(!gone.is_empty());
    assert_eq!(
        control.post("/v1/tokens/gone/revoke", &json!({})).status,
        200
    );
    let poll = |seq: u64, applied: &str| {
        let line = format!("\"n1\"; boot=\"b1\"; seq={seq}; kind=tower; wait=30{applied}");
        let poll = Ask::new("GET", "/v1/services/shop/state")
            .bearer(&token)
            .header("intermission-node", line);
        let answer = control.ask(poll);
        assert_eq!(answer.status, 200);
        answer.header("etag").unwrap().trim_matches('"').to_owned()
    };
    let tag = poll(1, "");
    poll(2, &format!("; applied=\"{tag}\""));
    for (path, body) in [
        (
            "shop/enter",
            json!({ "for": "1h", "reason": "new disks", "wait": { "timeout": 1 } }),
        ),
        (
            "shop/allowlist/add",
            json!({ "cidrs": ["203.0.113.7", "2001:db8::/32"] }),
        ),
        ("pay/enter", json!({})),
        ("pay/exit", json!({})),
    ] {
        let ask = Ask::new("POST", format!("/v1/services/{path}")).json(&body);
        let ask = ask.header("idempotency-key", format!("\"{path}\""));
        let answer = control.ask(control.authorized(ask));
        assert_eq!(answer.status, 200, "{path}: {}", answer.json());
    }
    control
}

/// What operators see of all services.
fn seen(control: &Control) -> Value {
    let states = ["shop", "pay"].map(|name| {
        let state = control.state(name);
        json!([state.json(), state.header("etag"), control.history(name)])
    });
    let tokens = control.get("/v1/tokens").json();
    json!([states, tokens, control.get("/v1/services").json()])
}

#[test]
fn a_store_goes_to_etcd_and_back_with_all_that_it_has() {
    let (home, etcd) = (Home::new(), Etcd::start(1));
    let mut control = fill(&home);
    let token = control.token.clone();
    // The wait of a second is over, and its end is in the history.
    control.until(|| {
        control
            .get("/v1/services/shop/history")
            .json()
            .to_string()
            .contains("wait ended")
    });
    let before = seen(&control);
    control.kill();

    let copied = copy(&home, &etcd, "--to-etcd").json();
    assert_eq!(copied["services"], 2, "{copied}");
    assert_eq!(copied["revisions"], 6, "{copied}");
    assert_eq!(copied["members"], 1, "{copied}");
    assert_eq!(copied["tokens"], 3, "{copied}");

    let elsewhere = Home::new();
    let back = copy(&elsewhere, &etcd, "--to-sqlite").json();
    assert_eq!(back, copied);
    // The token is the operator's to bring.
    fs::write(elsewhere.data().join("operator.token"), &token).unwrap();
    let control = elsewhere.start();
    let services = |seen: &Value| seen.to_string();
    assert_eq!(services(&seen(&control)), services(&before));

    // A retry of what was done before is not done again.
    let ask = Ask::new("POST", "/v1/services/pay/enter").json(&json!({}));
    let again = control.ask(control.authorized(ask.header("idempotency-key", "\"pay/enter\"")));
    assert_eq!(again.status, 200);
    assert_eq!(control.state("pay").json()["maintenance"], "off");
}

#[test]
fn a_store_is_not_copied_over_another_one() {
    let (home, etcd) = (Home::new(), Etcd::start(1));
    fill(&home).kill();
    copy(&home, &etcd, "--to-etcd").json();
    let refused = copy(&home, &etcd, "--to-etcd").failed(1);
    assert!(refused.contains("the target has services"), "{refused}");
    let refused = copy(&home, &etcd, "--to-sqlite").failed(1);
    assert!(refused.contains("the target has services"), "{refused}");
}

#[test]
fn a_store_is_not_copied_under_a_control_that_runs() {
    let (home, etcd) = (Home::new(), Etcd::start(1));
    let _control = home.start();
    let refused = copy(&home, &etcd, "--to-etcd").failed(1);
    assert!(refused.contains("is in use by process"), "{refused}");
}

#[test]
fn an_encrypted_member_needs_a_ca() {
    let home = Home::new();
    let mut command = home.binary();
    command
        .args(["store", "copy", "--to-etcd", "--data"])
        .arg(home.data());
    command.args(["--etcd", "https://127.0.0.1:1"]);
    let refused = Run::from(command.output().unwrap()).failed(1);
    assert!(
        refused.contains("name the file with --etcd-ca"),
        "{refused}"
    );
}

#[test]
fn an_etcd_that_does_not_answer_is_named() {
    let (home, mut etcd) = (Home::new(), Etcd::start(1));
    etcd.kill(0);
    let refused = copy(&home, &etcd, "--to-etcd").failed(1);
    assert!(refused.contains("no member of etcd answers"), "{refused}");
    assert!(refused.contains(&etcd.urls()[0]), "{refused}");
}
