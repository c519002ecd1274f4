//! What is wrong with a store is named, and no request is answered by it.

use std::fs;
use std::time::{Duration, Instant};

use intermission_testkit::control::{Ask, Control, Home};
use intermission_testkit::{Etcd, Proxy, free_address, pause};
use serde_json::json;

/// A replica at this member, with the service `shop`.
fn replica(url: &str) -> (Home, Control) {
    let home = Home::new();
    let control = home.start_with(&["--etcd", url]);
    control.until(|| ready(&control) == 200);
    control.add("shop");
    (home, control)
}

/// Enters maintenance as soon as the replica takes changes.
#[track_caller]
fn enters(control: &Control, mode: &str) {
    let entered = || control.post("/v1/services/shop/enter", &json!({ "mode": mode }));
    control.until(|| entered().status == 200);
}

fn ready(control: &Control) -> u16 {
    control.ask(Ask::new("GET", "/readyz")).status
}

/// Waits until the replica answers nothing for this reason, which `/readyz` and the log name.
#[track_caller]
fn stops(home: &Home, control: &Control, etag: &str, reason: &str) {
    control.until(|| {
        let ready = control.ask(Ask::new("GET", "/readyz"));
        ready.status == 503 && ready.json()["detail"].as_str().unwrap().contains(reason)
    });
    control.until(|| home.log().contains(reason));
    let poll = Ask::new("GET", "/v1/services/shop/state").header("if-none-match", etag);
    for poll in [poll.clone(), Ask::new("GET", "/v1/services/shop/state")] {
        let answer = control.ask(control.authorized(poll));
        assert_eq!(answer.status, 503);
        assert_eq!(answer.json()["service"], "shop", "the last state");
    }
    let change = control.post("/v1/services/shop/enter", &json!({}));
    assert_eq!(change.status, 503, "{}", change.json());
    assert_eq!(control.ask(Ask::new("GET", "/healthz")).status, 200);
}

#[test]
fn another_cluster_at_the_same_urls_is_named_and_nothing_is_stored_in_it() {
    let (own, other) = (Etcd::start(1), Etcd::start(1));
    let (_home, foreign) = replica(&other.urls()[0]);
    let before = other.ctl(&["get", "/intermission/version"], b"").unwrap();
    let proxy = Proxy::start(own.address(0));
    let (home, control) = replica(&format!("http://{}", proxy.address()));
    let etag = control.state("shop").etag();
    proxy.lead_to(other.address(0));
    stops(&home, &control, &etag, "another cluster of etcd answers");
    let live = ["get", "/intermission/live/", "--prefix", "--keys-only"];
    let live = other.ctl(&live, b"").unwrap();
    assert_eq!(live.split_whitespace().count(), 1, "{live}");
    let after = other.ctl(&["get", "/intermission/version"], b"").unwrap();
    assert_eq!(before, after);
    assert_eq!(foreign.state("shop").json()["maintenance"], "off");
    proxy.lead_to(own.address(0));
    enters(&control, "all");
}

#[test]
fn a_store_that_has_gone_back_is_named_until_the_replica_starts_anew() {
    let mut etcd = Etcd::start(1);
    let (home, mut control) = replica(&etcd.urls()[0]);
    let snapshot = etcd.snapshot();
    enters(&control, "all");
    let etag = control.state("shop").etag();
    etcd.restore(&snapshot);
    stops(&home, &control, &etag, "etcd has gone back");
    // Another history with as many versions is not taken for the one that was lost.
    let second = Home::new();
    fs::create_dir(second.data()).unwrap();
    let token = |home: &Home| home.data().join("operator.token");
    fs::copy(token(&home), token(&second)).unwrap();
    let other = second.start_with(&["--etcd", &etcd.urls()[0]]);
    assert_eq!(other.state("shop").json()["maintenance"], "off");
    for mode in ["writes", "all", "writes", "all"] {
        enters(&other, mode);
    }
    stops(&home, &control, &etag, "etcd has gone back");
    control.kill();
    let control = home.start_with(&["--etcd", &etcd.urls()[0]]);
    home.run(&control, &["store", "adopt"]).done();
    assert_eq!(control.history("shop").len(), other.history("shop").len());
}

#[test]
fn a_fact_of_a_later_program_is_named_and_left_as_it_is() {
    let etcd = Etcd::start(1);
    let (home, mut control) = replica(&etcd.urls()[0]);
    let etag = control.state("shop").etag();
    let get = |key: &str| {
        let line = ["get", "--print-value-only", key];
        etcd.ctl(&line, b"").unwrap().trim().to_owned()
    };
    let next = get("/intermission/version").parse::<u64>().unwrap() + 1;
    let (entry, number) = (format!("/intermission/log/{next:020}"), next.to_string());
    let fact = r#"{"level":99,"nonce":"1","steps":[{"later":{}}]}"#;
    for (key, value) in [
        (&entry[..], fact),
        ("/intermission/level", "99"),
        ("/intermission/version", &number),
    ] {
        etcd.ctl(&["put", key], value.as_bytes()).unwrap();
    }
    stops(&home, &control, &etag, "the store has facts of level 99");
    assert_eq!(get("/intermission/version"), number);
    assert_eq!(get(&entry), fact);
    control.kill();
    let options = ["--etcd", &etcd.urls()[0]];
    let mut again = home.serve(home.binary(), &free_address().to_string(), &options);
    assert!(!again.process.wait().success());
    assert!(
        home.log().contains("upgrade intermission"),
        "{}",
        home.log()
    );
}

#[test]
fn a_watch_through_a_member_that_hangs_goes_on_through_another() {
    let etcd = Etcd::start(3);
    let proxies = [0, 1, 2].map(|place| Proxy::start(etcd.address(place)));
    let urls = proxies
        .each_ref()
        .map(|proxy| format!("http://{}", proxy.address()));
    let (home, control) = replica(&urls.join(","));
    let second = Home::new();
    fs::create_dir(second.data()).unwrap();
    let token = |home: &Home| home.data().join("operator.token");
    fs::copy(token(&home), token(&second)).unwrap();
    let other = second.start_with(&["--etcd", &etcd.urls()[1]]);
    // It watches through one of them.
    let ends = |proxy: &Proxy| {
        proxy.hang();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(10) {
            if home.log().contains("the store is watched anew") {
                return true;
            }
            pause(Duration::from_millis(20));
        }
        proxy.forward();
        false
    };
    assert!(proxies.iter().any(&ends), "{}", home.log());
    let state = || control.get("/v1/services/shop/state");
    control.until(|| state().status == 200);
    let state = control.state("shop");
    let held = Ask::new("GET", "/v1/services/shop/state")
        .header("if-none-match", state.header("etag").unwrap())
        .header("prefer", "wait=60");
    let held = control.begin(held);
    enters(&other, "all");
    let answer = held.recv().unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["maintenance"], "all");
}
