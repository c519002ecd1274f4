//! The document of a replica that cannot prove which state is the latest.

use std::time::{Duration, Instant};

use intermission::{Mode, Poller};
use tokio::time::timeout;

use super::server::{LONG, SHORT, Server, document, until};

/// The poller of a node that starts while its replica has no proof that `document` is the latest.
fn without_proof(server: &Server, document: &str) -> Poller {
    let headers = "content-type: application/json\r\nretry-after: 0\r\n";
    server.answer("503 Service Unavailable", headers, document);
    server.poller().with_start_wait(SHORT * 25)
}

#[tokio::test]
async fn a_replica_without_proof_gives_a_provisional_state_and_no_answer() {
    let mut server = Server::start().await;
    let begun = Instant::now();
    let policy = without_proof(&server, &document(3, Mode::All))
        .start()
        .await;
    assert!(begun.elapsed() >= SHORT * 25, "it waits for an answer");
    assert!(policy.is_provisional());
    assert_eq!(policy.state().maintenance, Mode::All);
    let requests = [server.request().await, server.request().await];
    for request in requests {
        assert!(!request.contains("applied"), "{request}");
        assert!(!request.contains("if-none-match"), "{request}");
        assert!(!request.contains("prefer:"), "{request}");
    }
    // A later one replaces it, an earlier one does not, and any answer does.
    let unproven = |revision| without_proof(&server, &document(revision, Mode::Writes));
    drop(unproven(4));
    until(&policy, 4).await;
    drop(unproven(2));
    for _ in 0..3 {
        server.request().await;
    }
    assert_eq!(policy.state().revision, 4);
    assert!(policy.is_provisional());
    server.answer("200 OK", "etag: \"S/1/d\"\r\n", &document(1, Mode::Off));
    until(&policy, 1).await;
    assert!(!policy.is_provisional());
    drop(without_proof(&server, &document(9, Mode::All)));
    for _ in 0..3 {
        server.request().await;
    }
    assert_eq!(policy.state().revision, 1);
}

#[tokio::test]
async fn a_provisional_state_renews_no_lease() {
    let server = Server::start().await;
    let poller = without_proof(&server, &document(3, Mode::Off));
    let policy = poller.with_lease(Duration::from_secs(1)).start().await;
    assert_eq!(
        (policy.state().revision, policy.state().maintenance),
        (3, Mode::Off)
    );
    let closed = policy.until(|state| state.maintenance == Mode::All);
    timeout(LONG, closed).await.unwrap();
    // Nor does a later one open the service again.
    drop(without_proof(&server, &document(4, Mode::Off)));
    until(&policy, 4).await;
    assert_eq!(policy.state().maintenance, Mode::All);
}

#[tokio::test]
async fn a_saved_copy_stays_unless_the_provisional_state_is_later() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("shop.json");
    for (offered, expected) in [(4, (5, Mode::All)), (6, (6, Mode::Off))] {
        std::fs::write(&copy, document(5, Mode::All)).unwrap();
        let server = Server::start().await;
        let poller = without_proof(&server, &document(offered, Mode::Off));
        let policy = poller.with_saved_copy(&copy).start().await;
        let state = policy.state();
        assert_eq!((state.revision, state.maintenance), expected);
        let saved = std::fs::read_to_string(&copy).unwrap();
        assert_eq!(saved, document(5, Mode::All), "only answers are saved");
    }
}
