//! A process that was frozen for longer than its lease refuses from its first request on.

use std::time::Duration;

use intermission_testkit::eventually;

use crate::setup::{Client, Control, Shop};

const LEASE: Duration = Duration::from_secs(1);
/// How often a process is frozen where `FROZEN_ROUNDS` does not say, as `cargo xtask soak` does.
const ROUNDS: u32 = 4;

/// When the first request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    /// While the process is frozen, so that it is the first thing which the process finds.
    Before,
    /// As soon as it runs again.
    After,
}

async fn first_answer(shop: &Shop, sent: Sent) -> u16 {
    let connect = async || Client::connect(shop.address).await.unwrap();
    let ask = async |mut client: Client| client.ask("/").await.unwrap();
    if sent == Sent::Before {
        let asking = tokio::spawn(ask(connect().await));
        tokio::task::yield_now().await;
        shop.process.signal("CONT");
        asking.await.unwrap()
    } else {
        shop.process.signal("CONT");
        ask(connect().await).await
    }
}

async fn until_open(shop: &Shop) {
    let mut client = Client::connect(shop.address).await.unwrap();
    eventually("the shop is open", async || {
        client.ask("/").await.unwrap() == 200
    })
    .await;
}

#[tokio::test]
async fn a_process_that_was_frozen_for_twice_its_lease_refuses_its_first_request() {
    let rounds = std::env::var("FROZEN_ROUNDS");
    let rounds = rounds.map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let control = Control::start().await;
    let lease = LEASE.as_secs().to_string();
    let shop = Shop::start(&control, &["--lease", &lease]);
    for round in 0..rounds {
        until_open(&shop).await;
        shop.process.signal("STOP");
        control.done("enter shop").await;
        tokio::time::sleep(LEASE * 2).await;
        let sent = if round % 2 == 0 {
            Sent::Before
        } else {
            Sent::After
        };
        let status = first_answer(&shop, sent).await;
        assert_eq!(status, 503, "round {round}, sent {sent:?}");
        control.done("exit shop").await;
    }
}
