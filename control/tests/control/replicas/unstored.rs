use intermission_testkit::control::{Answer, Ask, Control};
use serde_json::json;

use crate::fleet::node::{Node, enter, fleet};
use crate::replicas::replicas::Replicas;

fn poll(control: &Control, token: &str, report: &str) -> Answer {
    let ask = Ask::new("GET", "/v1/services/shop/state").header("intermission-node", report);
    control.ask(ask.bearer(token))
}

fn unstored(control: &Control) -> u64 {
    fleet(control)["unstored"].as_u64().unwrap()
}

#[test]
fn a_node_that_one_replica_could_not_store_makes_waits_at_all_unsure_until_it_leaves() {
    let mut replicas = Replicas::start();
    let Replicas {
        controls, homes, ..
    } = &replicas;
    let mut node = Node::new("a");
    node.starts(&controls[0]);
    node.follows(&controls[0]);
    let grant = json!({ "name": "edge", "role": "node", "services": ["shop"], "nodes": "edge-*" });
    let token = controls[0].token(&grant);
    let others = "\"b\";boot=\"b1\";seq=1;kind=tower;wait=60";
    for report in [others, "\"b\""] {
        assert_eq!(poll(&controls[1], &token, report).status, 200, "{report}");
    }
    let wait = enter(&homes[2], &controls[2], &[]);
    node.follows(&controls[0]);
    let run = wait.ends();
    assert_eq!(run.code, Some(11), "{run:?}");
    assert!(
        run.out.contains("the token edge is for other nodes"),
        "{run:?}"
    );
    // A replica that starts anew knows of both.
    replicas.controls[2].kill();
    replicas.restart(2);
    let Replicas {
        controls, homes, ..
    } = &replicas;
    assert_eq!(unstored(&controls[2]), 2);
    let forget = ["node", "forget", "shop", "--unstored"];
    homes[2].run(&controls[2], &forget).done();
    for control in controls {
        assert_eq!(unstored(control), 0);
    }
    let wait = enter(&homes[2], &controls[2], &[]);
    node.follows(&controls[1]);
    wait.ends().done();
}

#[test]
fn a_token_has_no_more_members_than_it_may_over_all_replicas() {
    let Replicas { controls, .. } = &Replicas::start();
    let grant = json!({ "name": "edge", "role": "node", "max_members": 1 });
    let token = controls[0].token(&grant);
    let report =
        |name: &str, more: &str| format!("\"{name}\";boot=\"b1\";seq=1;kind=tower;wait=60{more}");
    assert_eq!(poll(&controls[0], &token, &report("a", "")).status, 200);
    assert_eq!(poll(&controls[1], &token, &report("b", "")).status, 200);
    for control in controls {
        assert_eq!(fleet(control)["nodes"].as_array().unwrap().len(), 1);
        assert_eq!(unstored(control), 1);
    }
    let leaves = report("b", ";leaving").replace("seq=1", "seq=2");
    assert_eq!(poll(&controls[2], &token, &leaves).status, 200);
    for control in controls {
        assert_eq!(unstored(control), 0);
    }
}
