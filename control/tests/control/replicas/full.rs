use std::time::{Duration, Instant};

use intermission_testkit::control::{Ask, Control, Home};
use intermission_testkit::{Etcd, pause};
use serde_json::json;

use crate::fleet::node::Node;

/// Longer than the lease of a replica in etcd.
const LONG: Duration = Duration::from_secs(12);

/// A cluster that is soon full.
fn small_etcd() -> Etcd {
    Etcd::start_with(1, &["--quota-backend-bytes", "8388608"])
}

fn fill(etcd: &Etcd) {
    let filler = vec![b'x'; 1 << 20];
    let full = (0..32).find_map(|_| etcd.ctl(&["put", "filler"], &filler).err());
    assert!(full.unwrap().contains("space exceeded"));
}

/// Does what the message of a full etcd asks for.
fn make_room(etcd: &Etcd) {
    etcd.ctl(&["compact", &etcd.revision().to_string()], b"")
        .unwrap();
    etcd.ctl(&["defrag"], b"").unwrap();
    etcd.ctl(&["alarm", "disarm"], b"").unwrap();
}

fn has(control: &Control, line: &str) -> bool {
    let metrics = String::from_utf8(control.get("/metrics").body).unwrap();
    metrics.lines().any(|found| found == line)
}

#[test]
fn a_full_etcd_refuses_changes_and_states_are_served() {
    let etcd = small_etcd();
    let home = Home::new();
    let control = home.start_with(&["--etcd", &etcd.urls()[0]]);
    control.add("shop");
    let mut node = Node::new("a");
    node.starts(&control);
    node.follows(&control);
    fill(&etcd);
    let begun = Instant::now();
    let refused = control.post("/v1/services/shop/enter", &json!({}));
    let problem = refused.problem(500, "internal");
    let detail = problem["detail"].as_str().unwrap();
    for part in ["etcd is full", "alarm disarm", "nothing was changed"] {
        assert!(detail.contains(part), "{detail}");
    }
    while begun.elapsed() < LONG {
        node.follows(&control);
        pause(Duration::from_millis(100));
    }
    // One that cannot be stored gets the state as provisional.
    let poll = Ask::new("GET", "/v1/services/shop/state")
        .header("intermission-node", Node::new("b").report(""));
    let answer = control.ask(control.authorized(poll));
    assert_eq!((answer.status, answer.header("etag")), (503, None));
    assert_eq!(answer.json()["service"], "shop");
    assert_eq!(control.ask(Ask::new("GET", "/readyz")).status, 200);
    assert_eq!(control.history("shop").len(), 1);
    control.until(|| has(&control, "intermission_control_store_full 1"));
    assert!(home.log().contains("etcd is full"), "{}", home.log());
    make_room(&etcd);
    let entered = control.post("/v1/services/shop/enter", &json!({}));
    assert_eq!(entered.status, 200, "{}", entered.json());
    node.follows(&control);
    control.until(|| has(&control, "intermission_control_store_full 0"));
}

#[test]
fn a_replica_that_starts_while_etcd_is_full_gives_provisional_states_until_there_is_room() {
    let etcd = small_etcd();
    let home = Home::new();
    let urls = etcd.urls();
    let options = ["--etcd", &urls[0]];
    let control = home.start_with(&options);
    control.add("shop");
    let entered = control.post("/v1/services/shop/enter", &json!({}));
    assert_eq!(entered.status, 200, "{}", entered.json());
    drop(control);
    fill(&etcd);
    let control = home.start_with(&options);
    control.until(|| {
        let ready = control.ask(Ask::new("GET", "/readyz"));
        let detail = ready.json()["detail"].to_string();
        ready.status == 503 && detail.contains("etcd is full")
    });
    let poll = || {
        let poll = Ask::new("GET", "/v1/services/shop/state");
        let poll = poll.header("intermission-node", Node::new("a").report(""));
        control.ask(control.authorized(poll))
    };
    let answer = poll();
    assert_eq!((answer.status, answer.header("etag")), (503, None));
    assert_eq!(answer.json()["maintenance"], "all");
    make_room(&etcd);
    control.until(|| poll().status == 200);
}
