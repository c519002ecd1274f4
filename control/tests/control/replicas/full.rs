use std::time::{Duration, Instant};

use intermission_testkit::control::{Ask, Control, Home};
use intermission_testkit::{Etcd, pause};
use serde_json::json;

use crate::fleet::node::Node;

/// Longer than the lease of a replica in etcd.
const LONG: Duration = Duration::from_secs(12);

fn has(control: &Control, line: &str) -> bool {
    let metrics = String::from_utf8(control.get("/metrics").body).unwrap();
    metrics.lines().any(|found| found == line)
}

#[test]
fn a_full_etcd_refuses_changes_and_states_are_served() {
    let etcd = Etcd::start_with(1, &["--quota-backend-bytes", "8388608"]);
    let home = Home::new();
    let control = home.start_on("127.0.0.1:0", &["--etcd", &etcd.urls()[0]]);
    control.add("shop");
    let mut node = Node::new("a");
    node.starts(&control);
    node.follows(&control);
    let filler = vec![b'x'; 1 << 20];
    let full = (0..32).find_map(|_| etcd.ctl(&["put", "filler"], &filler).err());
    assert!(full.unwrap().contains("space exceeded"));
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
    // What it asks for is enough.
    etcd.ctl(&["compact", &etcd.revision().to_string()], b"")
        .unwrap();
    etcd.ctl(&["defrag"], b"").unwrap();
    etcd.ctl(&["alarm", "disarm"], b"").unwrap();
    let entered = control.post("/v1/services/shop/enter", &json!({}));
    assert_eq!(entered.status, 200, "{}", entered.json());
    node.follows(&control);
    control.until(|| has(&control, "intermission_control_store_full 0"));
}
