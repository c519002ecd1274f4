//! What the handle of the policy says to the application: whether it knows the state, and when it changes.

use std::time::Duration;

use intermission_testkit::{LONG, eventually};

use crate::setup::{Client, Control, Shop};

#[tokio::test]
async fn a_stream_of_events_that_its_handler_ends_does_not_hold_a_wait() {
    let control = Control::start().await;
    let shop = Shop::start(&control, &[]);
    let mut client = Client::connect(shop.address).await.unwrap();
    let (status, _) = client.begin("/api/orders/events").await.unwrap();
    assert_eq!(status, 200);
    let begun = tokio::time::Instant::now();
    control.done("enter shop --wait --timeout 30s").await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    // The last chunk, after which the connection stays open.
    let end = tokio::time::timeout(LONG, client.until("0\r\n\r\n")).await;
    end.unwrap().unwrap();
}

#[tokio::test]
async fn a_node_is_alive_but_not_ready_before_control_has_answered() {
    let mut control = Control::start().await;
    control.done("enter shop").await;
    control.kill();
    let shop = Shop::start(&control, &[]);
    let mut client = Client::connect(shop.address).await.unwrap();
    assert_eq!(client.ask("/readyz").await.unwrap(), 503);
    assert_eq!(client.ask("/healthz").await.unwrap(), 200);
    control.start_again();
    eventually("the node is ready", async || {
        client.ask("/readyz").await.unwrap() == 200
    })
    .await;
    assert_eq!(client.ask("/").await.unwrap(), 503);
}
