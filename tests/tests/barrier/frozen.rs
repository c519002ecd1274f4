//! A process that was frozen for longer than its lease refuses from its first request on.

use std::time::Duration;

use crate::client::Client;
use crate::control::{Control, LONG};
use crate::shop::Shop;

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
        shop.signal("CONT").await;
        asking.await.unwrap()
    } else {
        shop.signal("CONT").await;
        ask(connect().await).await
    }
}

async fn until_open(shop: &Shop) {
    let open = async {
        let mut client = Client::connect(shop.address).await.unwrap();
        while client.ask("/").await.unwrap() != 200 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(LONG, open).await.unwrap();
}

#[tokio::test]
async fn a_process_that_was_frozen_for_twice_its_lease_refuses_its_first_request() {
    let rounds = std::env::var("FROZEN_ROUNDS");
    let rounds = rounds.map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let control = Control::start().await;
    let lease = LEASE.as_secs().to_string();
    let shop = Shop::start(&control, &["--lease", &lease]).await;
    for round in 0..rounds {
        until_open(&shop).await;
        shop.signal("STOP").await;
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
