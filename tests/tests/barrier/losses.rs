//! Nodes that are stopped, killed, cut off, or that refuse: each ends a wait in its own way, and is named.

use std::process::Output;
use std::sync::Arc;

use intermission_testkit::{LONG, eventually};
use tokio::time::timeout;

use crate::setup::{Client, Control, Node, Proxy, Shop, Way, Witness, app};

/// Waits until control sees so many nodes with what is in force.
async fn until_in_force(control: &Control, count: usize) {
    eventually("the state is in force", async || {
        let nodes = control.nodes().await;
        let drained = nodes.iter().filter(|node| node["standing"] == "drained");
        drained.count() == count
    })
    .await;
}

/// That a wait ends with this code, and says this.
#[track_caller]
fn ends(output: &Output, code: i32, said: &str) {
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(code), "{out}");
    assert!(out.contains(said), "{out}");
}

#[tokio::test]
async fn a_node_that_is_stopped_is_lost_and_comes_back() {
    let control = Control::start().await;
    let shop = Shop::start(&control, &[]);
    until_in_force(&control, 1).await;
    shop.process.signal("STOP");
    ends(
        &control.run("enter shop --wait --timeout 3s").await,
        8,
        ": not in force yet, revision 1",
    );
    ends(
        &control.run("enter shop --wait --timeout 2m").await,
        9,
        "): lost, revision 1",
    );
    shop.process.signal("CONT");
    control.done("enter shop --wait").await;
}

#[tokio::test]
async fn a_node_that_is_killed_is_lost_until_it_is_forgotten() {
    let control = Control::start().await;
    let mut shop = Shop::start(&control, &[]);
    until_in_force(&control, 1).await;
    shop.process.kill();
    let again = Shop::start(&control, &[]);
    until_in_force(&control, 2).await;
    let output = control.run("enter shop --wait --timeout 2m").await;
    ends(&output, 9, "): lost, revision 1");
    let nodes = control.nodes().await;
    let lost = nodes.iter().find(|node| node["standing"] == "lost");
    let boot = lost.unwrap()["boot"].as_str().unwrap();
    let name = lost.unwrap()["name"].as_str().unwrap();
    control
        .done(&format!("node forget shop {name} --boot {boot}"))
        .await;
    control.done("enter shop --wait").await;
    drop(again);
}

#[tokio::test]
async fn what_takes_the_place_of_a_dead_node_is_not_counted_by_it() {
    let control = Control::start().await;
    let mut dead = Shop::start(&control, &[]);
    until_in_force(&control, 1).await;
    control.done("enter shop --wait").await;
    dead.process.kill();
    // It cannot reach control, and serves strangers.
    let successor = Shop::start_at("http://127.0.0.1:9/state", &control.token, &[]);
    let mut stranger = Client::connect(successor.address).await.unwrap();
    assert_eq!(stranger.ask("/").await.unwrap(), 200);
    let output = control
        .run("enter shop --wait --expect 1 --timeout 40s")
        .await;
    ends(&output, 14, "): lost; it had it in force");
    // Without a number the wait ends as soon as the node is known to be lost.
    let output = control.run("enter shop --wait").await;
    ends(
        &output,
        14,
        "too few: no node reports; 1 that had it in force is lost",
    );
}

#[tokio::test]
async fn a_node_that_a_token_has_no_room_for_is_closed_from_its_first_request_on() {
    let control = Control::start().await;
    let token = control
        .done("token create one --role node --max-members 1")
        .await;
    let first = Shop::start_at(&control.state_url(), token.trim(), &[]);
    until_in_force(&control, 1).await;
    control.done("enter shop --wait").await;
    let second = Shop::start_at(&control.state_url(), token.trim(), &[]);
    let mut stranger = Client::connect(second.address).await.unwrap();
    assert_eq!(stranger.ask("/").await.unwrap(), 503);
    let output = control.run("enter shop --wait").await;
    ends(
        &output,
        11,
        "the token one has 1 members, and may have no more",
    );
    drop(first);
}

#[tokio::test]
async fn a_node_that_is_stopped_leaves() {
    let control = Control::start().await;
    let mut shop = Shop::start(&control, &[]);
    until_in_force(&control, 1).await;
    shop.process.signal("TERM");
    eventually("the shop ends", async || shop.process.try_wait().is_some()).await;
    assert!(control.nodes().await.is_empty());
    ends(
        &control.run("enter shop --wait").await,
        14,
        "no node has reported",
    );
}

#[tokio::test]
async fn a_node_that_refuses_the_document_is_named() {
    let control = Control::start().await;
    let proxy = Proxy::start(control.address).await;
    let node = cut_off(&control, &proxy).await;
    proxy.set(Way::Newer);
    let output = control.run("enter shop --wait --timeout 1m").await;
    ends(&output, 10, "): refuses the document, revision 1");
    ends(&output, 10, "/version: version 2 is not known, only 1");
    // It goes on with what it has.
    let mut stranger = Client::connect(node.address).await.unwrap();
    assert_eq!(stranger.ask("/").await.unwrap(), 200);
    proxy.set(Way::Open);
    control.done("enter shop --wait").await;
    assert_eq!(stranger.ask("/").await.unwrap(), 503);
}

#[tokio::test]
async fn a_partition_heals_and_the_node_converges() {
    let control = Control::start().await;
    let proxy = Proxy::start(control.address).await;
    let node = cut_off(&control, &proxy).await;
    proxy.set(Way::Lost);
    let waiting = control.begin("enter shop --wait --timeout 1m");
    let output = timeout(LONG, waiting.wait_with_output()).await.unwrap();
    ends(&output.unwrap(), 9, "shop-1 (tower ");
    let mut stranger = Client::connect(node.address).await.unwrap();
    assert_eq!(stranger.ask("/").await.unwrap(), 200);
    let waiting = control.begin("enter shop --wait --timeout 1m");
    proxy.set(Way::Open);
    let output = timeout(LONG, waiting.wait_with_output()).await.unwrap();
    ends(&output.unwrap(), 0, "the one node has it in force");
    assert_eq!(stranger.ask("/").await.unwrap(), 503);
}

/// A node that speaks to control through `proxy` alone.
async fn cut_off(control: &Control, proxy: &Proxy) -> Node {
    let url = format!("http://{}/v1/services/shop/state", proxy.address);
    let app = app(Arc::new(Witness::default()));
    let node = Node::start_at(&url, &control.token, "shop-1", app).await;
    until_in_force(control, 1).await;
    node
}
