//! Services with timers.

use std::time::Duration;

use intermission_testkit::control::Control;
use intermission_testkit::{pause, wait_for};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Waits until the clock has come to `moment`.
pub(crate) fn wait_until(moment: Timestamp) {
    while let Ok(left) = Duration::try_from(moment.duration_since(Timestamp::now())) {
        pause(left + Duration::from_millis(1));
    }
}

#[track_caller]
pub(crate) fn wait_open(control: &Control, service: &str) {
    wait_for(&format!("{service} is still closed"), || {
        (control.state(service).json()["maintenance"] == "off").then_some(())
    });
}

pub(crate) fn enter(control: &Control, service: &str, body: &Value) -> Value {
    let answer = control.post(&format!("/v1/services/{service}/enter"), body);
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

pub(crate) fn summary(control: &Control, service: &str) -> Value {
    let list = control.get("/v1/services").json();
    let services = list["services"].as_array().unwrap();
    services
        .iter()
        .find(|found| found["service"] == service)
        .unwrap()
        .clone()
}

pub(crate) fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// Waits until every timer of up to a second has been looked at: one of another service, set later, has ended.
pub(crate) fn outlive(control: &Control) {
    control.post("/v1/services", &json!({ "name": "witness" }));
    enter(control, "witness", &json!({ "for": "2s" }));
    wait_open(control, "witness");
}
