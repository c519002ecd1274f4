//! Clients that hardly send what they have announced.

use std::time::{Duration, Instant};

use intermission_testkit::envoy::{Edge, Module};
use intermission_testkit::{Endpoint, LONG};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use super::{state, until_in_force};

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_drips_is_answered_after_ten_seconds() {
    for module in Module::DEPLOYED {
        let control = Endpoint::start(state(3, "all"));
        let edge = Edge {
            module,
            reads_bodies: true,
            ..Edge::new(control.address())
        };
        let envoy = edge
            .with_plugin(json!({ "read_bodies": true }))
            .start()
            .await;
        until_in_force(&envoy, Some(3)).await;
        let socket = TcpStream::connect(envoy.address()).await.unwrap();
        let (mut answer, mut upload) = socket.into_split();
        let head = b"POST / HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 1000000\r\n\r\n";
        upload.write_all(head).await.unwrap();
        let begun = Instant::now();
        let drips = tokio::spawn(async move {
            let mut drip = interval(Duration::from_millis(300));
            while upload.write_all(b"x").await.is_ok() {
                drip.tick().await;
            }
        });
        let mut first = [0; 12];
        let read = timeout(LONG, answer.read_exact(&mut first)).await;
        read.unwrap().unwrap();
        let waited = begun.elapsed();
        drips.abort();
        println!("answered after {waited:?}");
        assert_eq!(&first, b"HTTP/1.1 503");
        assert!(waited >= Duration::from_millis(9_500), "{waited:?}");
        assert!(waited < Duration::from_secs(20), "{waited:?}");
    }
}
