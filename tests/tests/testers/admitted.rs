use std::collections::BTreeMap;

use intermission_testkit::eventually;

use crate::clients::Clients;
use crate::nodes::Nodes;

type Seen = BTreeMap<&'static str, [bool; 3]>;

fn everywhere(seen: &Seen, expected: bool) -> bool {
    seen.len() == 6 && seen.values().flatten().all(|is_in| *is_in == expected)
}

#[track_caller]
fn check(seen: &Seen, expected: bool) {
    assert!(everywhere(seen, expected), "{expected}: {seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_client_gets_in_at_every_node_by_a_pass_and_only_while_it_counts() {
    let nodes = Nodes::start().await;
    nodes.run("enter shop --allowlist --wait --expect 3").await;
    let mut clients = Clients::start(nodes.addresses);
    check(&clients.get_in().await, false);

    let ann = nodes.pass("ann").await;
    let is_in_force = async || {
        let fleet = nodes.control.get("/v1/services/shop/fleet").json();
        let nodes = fleet["nodes"].as_array().unwrap();
        nodes
            .iter()
            .all(|node| node["revision"] == fleet["revision"])
    };
    eventually("every node has the pass", is_in_force).await;
    check(&clients.present(&ann).await, true);
    nodes.run("allowlist disable shop --wait").await;
    check(&clients.get_in().await, false);
    nodes.run("allowlist enable shop --wait").await;
    check(&clients.get_in().await, true);

    // Revoked.
    let bob = nodes.pass("bob").await;
    eventually("every node has the pass", is_in_force).await;
    check(&clients.present(&bob).await, true);
    nodes.run("pass revoke shop bob --wait").await;
    check(&clients.get_in().await, false);

    // Ended by itself.
    let eve = nodes.pass("eve --for 45s").await;
    eventually("every node has the pass", is_in_force).await;
    check(&clients.present(&eve).await, true);
    nodes.control.until(|| {
        let passes = nodes.control.get("/v1/services/shop/passes").json();
        passes["passes"].as_array().unwrap().len() == 1
    });
    eventually("every node knows its end", is_in_force).await;
    check(&clients.get_in().await, false);

    // Open to all, and at the next maintenance to none until the allowlist is enabled.
    check(&clients.present(&ann).await, true);
    nodes.run("exit shop --wait").await;
    check(&clients.get_in().await, true);
    nodes.run("enter shop --wait --expect 3").await;
    check(&clients.get_in().await, false);
    nodes.run("allowlist enable shop --wait").await;
    check(&clients.get_in().await, true);
    clients.end().await;
}
