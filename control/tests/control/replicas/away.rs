use std::sync::mpsc::TryRecvError;

use intermission_testkit::control::Ask;
use serde_json::json;

use crate::fleet::node::Node;
use crate::replicas::replicas::Replicas;

#[test]
fn a_replica_that_does_not_reach_a_quorum_answers_no_poll_and_gives_the_last_state() {
    let mut replicas = Replicas::start();
    let mut node = Node::new("a");
    node.starts(&replicas.controls[0]);
    let state = replicas.controls[0].state("shop");
    for member in 0..2 {
        replicas.etcd.member(member).signal("STOP");
    }
    let control = &replicas.controls[0];
    let poll = Ask::new("GET", "/v1/services/shop/state")
        .header("if-none-match", state.header("etag").unwrap())
        .header("intermission-node", node.report(""));
    // Its client waits for long, and the members of etcd may elect another leader meanwhile.
    let held = control.begin(poll.clone().header("prefer", "wait=10"));
    control.until(|| control.ask(control.authorized(poll.clone())).status == 503);
    assert_eq!(held.try_recv().unwrap_err(), TryRecvError::Empty);
    let answer = control.ask(control.authorized(poll));
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("retry-after"), Some("1"));
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(answer.header("etag"), None);
    assert_eq!(answer.body, state.body);
    assert_eq!(control.get("/v1/services").status, 503);
    let change = control.post("/v1/services/shop/enter", &json!({}));
    assert_eq!(change.status, 503, "{}", change.json());
    assert_eq!(control.ask(Ask::new("GET", "/readyz")).status, 503);
    assert_eq!(control.ask(Ask::new("GET", "/healthz")).status, 200);
    for member in 0..2 {
        replicas.etcd.member(member).signal("CONT");
    }
    control.until(|| control.ask(Ask::new("GET", "/readyz")).status == 200);
    node.follows(control);
}
