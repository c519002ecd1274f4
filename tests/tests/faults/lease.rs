//! A process that was stopped for longer than its lease.

use std::time::{Duration, Instant};

use intermission_testkit::envoy::{Edge, Envoy, Module};
use intermission_testkit::http::{Transport, get};
use intermission_testkit::{Endpoint, LONG, Scripted};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::{revision, state, until_in_force};

/// How many Envoys are stopped at the same time.
const ENVOYS: usize = 5;
const LEASE: Duration = Duration::from_secs(3);

/// How many standstills there are in all; `cargo xtask soak` asks for more.
fn standstills() -> usize {
    let frozen = std::env::var("FROZEN_ROUNDS").ok();
    frozen.map_or(ENVOYS, |frozen| frozen.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_envoy_stopped_for_longer_than_its_lease_serves_no_request_by_the_old_state() {
    let controls: Vec<_> = (0..ENVOYS)
        .map(|_| Endpoint::start(state(3, "off")))
        .collect();
    let mut envoys = Vec::new();
    for (control, module) in controls.iter().zip(Module::DEPLOYED.into_iter().cycle()) {
        let edge = Edge {
            module,
            ..Edge::new(control.address())
        };
        let edge = edge.with_plugin(json!({ "lease": LEASE.as_secs() }));
        envoys.push(edge.start().await);
    }
    let mut refused = 0;
    let rounds = standstills().div_ceil(ENVOYS);
    for _ in 0..rounds {
        let standstills = envoys
            .iter()
            .zip(&controls)
            .map(|(envoy, control)| stand_still(envoy, control));
        let standstills = futures_util::future::join_all(standstills).await;
        refused += standstills.into_iter().sum::<usize>();
    }
    let requests = 2 * ENVOYS * rounds;
    println!("{refused} of {requests} requests were refused");
    assert_eq!(refused, requests);
}

/// Stops an Envoy that is open, and lets it go on; how many of two requests it refuses then, one that has waited on a
/// connection and one on a new connection.
async fn stand_still(envoy: &Envoy, control: &Endpoint) -> usize {
    control.say(state(3, "off"));
    until_in_force(envoy, None).await;
    let mut connection = open_connection(envoy).await;
    // From now on no poll renews the lease.
    control.say(Scripted {
        delay: Duration::from_secs(60),
        ..state(3, "off")
    });
    envoy.signal("STOP");
    sleep(LEASE * 2).await;
    connection.write_all(REQUEST).await.unwrap();
    envoy.signal("CONT");
    let fresh = Transport::Http1.send(envoy.address(), &get("/")).await;
    let fresh = fresh.unwrap().unwrap();
    let waited = status(&mut connection).await;
    usize::from(waited == "503") + usize::from(revision(&fresh) == Some(3))
}

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n";

/// A connection on which a request was admitted. On a busy machine a lease may end between two polls.
async fn open_connection(envoy: &Envoy) -> TcpStream {
    let begun = Instant::now();
    loop {
        let mut connection = TcpStream::connect(envoy.address()).await.unwrap();
        connection.write_all(REQUEST).await.unwrap();
        if status(&mut connection).await == "200" {
            return connection;
        }
        assert!(begun.elapsed() < LONG, "{}", envoy.log());
    }
}

/// The status of the next response, which is read in one piece.
async fn status(connection: &mut TcpStream) -> String {
    let mut response = vec![0; 65_536];
    let read = timeout(LONG, connection.read(&mut response));
    let length = read.await.unwrap().unwrap();
    let response = String::from_utf8_lossy(&response[..length]);
    response.split(' ').nth(1).unwrap_or_default().to_owned()
}
