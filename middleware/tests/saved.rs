//! The copy of the last state that a node starts from while its endpoint is away.
#![cfg(feature = "poller")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test does not expect ends it"
)]

mod server;

use std::path::Path;
use std::time::Duration;

use intermission::{Mode, PolicyHandle, Poller};
use tokio::net::TcpListener;
use tokio::time::timeout;

use self::server::{LONG, SHORT, Server, document, document_of, until};

#[tokio::test]
async fn the_saved_copy_outlives_the_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("shop.json");
    let server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::All));
    let first = server.poller().with_saved_copy(&copy).start().await;
    until_saved(&copy).await;
    drop(first);

    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let away = || {
        Poller::new(&format!("http://{nobody}/state"))
            .unwrap()
            .with_start_wait(SHORT)
    };
    let policy = away().with_saved_copy(&copy).start().await;
    assert_eq!(
        (policy.state().revision, policy.state().maintenance),
        (3, Mode::All)
    );

    std::fs::write(&copy, "garbage").unwrap();
    let policy = away()
        .with_saved_copy(&copy)
        .with_default(Mode::Writes)
        .start()
        .await;
    assert_eq!(policy.state().maintenance, Mode::Writes);
}

#[tokio::test]
async fn a_disk_that_hangs_holds_up_neither_polls_nor_lease() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("shop.json");
    // Whoever opens it to write waits for a reader.
    let pipe = folder.path().join("shop.json.new");
    let mkfifo = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(mkfifo.unwrap().success());
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"three\"\r\n", &document(3, Mode::Off));
    let poller = server.poller().with_lease(Duration::from_secs(1));
    let policy = poller.with_saved_copy(&copy).start().await;
    server.answer("304 Not Modified", "", "");
    for _ in 0..3 {
        server.request().await;
    }
    server.answer("503 Service Unavailable", "", "");
    let closed = async {
        while policy.state().maintenance != Mode::All {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, closed).await.unwrap();
    assert!(!copy.exists());
    std::fs::File::open(pipe).unwrap();
}

#[tokio::test]
async fn what_the_disk_refuses_is_saved_later() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("not-there-yet/shop.json");
    let server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::All));
    let policy = server.poller().with_saved_copy(&copy).start().await;
    std::fs::create_dir(copy.parent().unwrap()).unwrap();
    until_saved(&copy).await;
    drop(policy);
}

async fn until_saved(copy: &Path) {
    let saved = async {
        while !copy.exists() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, saved).await.unwrap();
}

/// The policy of a node whose URL has this path, and which goes on from a copy of `shop-old` at revision 40, open.
async fn with_the_copy_of_another(server: &Server, path: &str) -> PolicyHandle {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("state.json");
    std::fs::write(&copy, document_of("shop-old", 40, Mode::Off)).unwrap();
    let url = server.url.replace("/state", path);
    let poller = Poller::new(&url).unwrap().with_interval(SHORT);
    let poller = poller.with_start_wait(SHORT).with_default(Mode::Writes);
    poller.with_saved_copy(&copy).start().await
}

#[tokio::test]
async fn a_saved_copy_of_another_service_than_the_url_names_is_passed_over() {
    let server = Server::start().await;
    let policy = with_the_copy_of_another(&server, "/v1/services/shop/state").await;
    assert_eq!(policy.state().maintenance, Mode::Writes);
    server.answer("200 OK", "", &document(3, Mode::All));
    until(&policy, 3).await;
}

#[tokio::test]
async fn a_saved_copy_of_another_service_gives_way_to_the_first_answer() {
    let server = Server::start().await;
    let policy = with_the_copy_of_another(&server, "/static.json").await;
    assert_eq!(policy.state().revision, 40);
    server.answer("200 OK", "", &document(3, Mode::All));
    until(&policy, 3).await;
    assert_eq!(policy.state().maintenance, Mode::All);
}
