//! Nodes of both kinds that start while no replica of control reaches etcd.

use std::fs;
use std::time::{Duration, Instant};

use intermission::{Mode, Poller};
use intermission_testkit::control::{Ask, Home};
use intermission_testkit::envoy::Edge;
use intermission_testkit::{Etcd, LONG};
use serde_json::json;
use tokio::time::timeout;

use super::{in_force, no_vm_died, until_in_force};

#[tokio::test(flavor = "multi_thread")]
async fn nodes_start_with_the_last_state_of_replicas_that_do_not_reach_etcd() {
    let mut etcd = Etcd::start(3);
    let options = ["--etcd", &etcd.urls().join(",")];
    let homes = [(); 3].map(|()| Home::new());
    let first = homes[0].start_with(&options);
    let mut controls = vec![first];
    for home in &homes[1..] {
        fs::create_dir(home.data()).unwrap();
        let token = |home: &Home| home.data().join("operator.token");
        fs::copy(token(&homes[0]), token(home)).unwrap();
        controls.push(home.start_with(&options));
    }
    controls[0].add("shop");
    let token = controls[0].token(&json!({ "name": "nodes", "role": "node" }));
    let entered = controls[0].post("/v1/services/shop/enter", &json!({}));
    assert_eq!(entered.status, 200);
    for control in &controls {
        control.until(|| control.state("shop").json()["revision"] == 2);
    }

    for member in 0..2 {
        etcd.member(member).signal("STOP");
    }
    let path = "/v1/services/shop/state";
    for control in &controls {
        control.until(|| {
            let begun = Instant::now();
            let poll = control.ask(Ask::new("GET", path).bearer(&token));
            poll.status == 503 && begun.elapsed() < Duration::from_secs(1)
        });
    }
    let urls = controls
        .iter()
        .map(|control| format!("http://{}{path}", control.address));
    let poller = Poller::new(urls.collect::<Vec<_>>()).unwrap();
    let policy = poller.with_token(&token).unwrap().start().await;
    let state = policy.state();
    assert_eq!((state.maintenance, state.revision), (Mode::All, 2));
    assert!(policy.is_provisional());

    let address = |place: usize| controls[place].address.parse().unwrap();
    let mut edge = Edge::new(address(0)).with_plugin(json!({
        "cluster": ["control", "second", "third"], "authority": "127.0.0.1", "path": path, "token": token,
        "wait": 10, "interval": 1,
    }));
    edge.clusters = vec![("second", address(1)), ("third", address(2))];
    let envoy = edge.start().await;
    assert_eq!(in_force(&envoy).await, Some(2), "{}", envoy.log());

    for member in 0..2 {
        etcd.member(member).signal("CONT");
    }
    timeout(LONG, policy.answered()).await.unwrap();
    let control = &controls[0];
    control.until(|| control.post("/v1/services/shop/exit", &json!({})).status == 200);
    until_in_force(&envoy, None).await;
    let opened = policy.until(|state| state.maintenance == Mode::Off);
    timeout(Duration::from_secs(60), opened).await.unwrap();
    no_vm_died(&envoy).await;
}
