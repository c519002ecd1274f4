use std::fs;

use intermission_testkit::Etcd;
use intermission_testkit::control::{Ask, Control, Home, Run};
use serde_json::{Value, json};

use super::filled::fill;

/// Runs `store copy` between the data folder of `home` and etcd.
fn copy(home: &Home, etcd: &Etcd, direction: &str) -> Run {
    let mut command = home.binary();
    command
        .args(["store", "copy", direction, "--output", "json", "--data"])
        .arg(home.data())
        .args(["--etcd", &etcd.urls().join(",")]);
    Run::from(command.output().unwrap())
}

/// What operators see of all services.
fn seen(control: &Control) -> Value {
    let states = ["shop", "pay"].map(|name| {
        let state = control.state(name);
        json!([state.json(), state.header("etag"), control.history(name)])
    });
    let tokens = control.get("/v1/tokens").json();
    let removed = control.get("/v1/services/old/history").json();
    json!([states, tokens, control.get("/v1/services").json(), removed])
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
    assert_eq!(copied["revisions"], 7, "{copied}");
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
