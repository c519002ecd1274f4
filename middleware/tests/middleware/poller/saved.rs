//! The copy of the last state that a node starts from while its endpoint is away.

use std::path::Path;
use std::time::Duration;

use intermission::{Mode, PolicyHandle, Poller};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::server::{LONG, SHORT, Server, document, document_of, until};

#[tokio::test]
async fn the_saved_copy_outlives_the_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("shop.json");
    let server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::All));
    let first = server.poller().with_saved_copy(&copy).start().await;
    until_saved(&copy).await;
    drop(first);

    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = || silent.local_addr().unwrap();
    let away = || {
        Poller::new(format!("http://{}/state", silent()))
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
async fn a_node_that_has_closed_on_a_document_starts_closed_while_the_endpoint_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("shop.json");
    let server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::Off));
    let first = server.poller().with_saved_copy(&copy).start().await;
    until_saved(&copy).await;
    let unenforceable = document(4, Mode::All).replacen('{', r#"{"critical": ["countries"], "#, 1);
    server.answer("200 OK", "", &unenforceable);
    timeout(LONG, first.until(|state| state.maintenance == Mode::All))
        .await
        .unwrap();
    let closed = async {
        while !std::fs::read_to_string(&copy).unwrap().contains("\"all\"") {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, closed).await.unwrap();
    drop(first);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = listener.local_addr().unwrap();
    drop(listener);
    let again = Poller::new(format!("http://{away}/state")).unwrap();
    let again = again.with_start_wait(SHORT).with_saved_copy(&copy);
    assert_eq!(again.start().await.state().maintenance, Mode::All);
}

#[test]
fn a_disk_that_hangs_holds_up_neither_polls_nor_lease() {
    // What waits for the disk waits on this one thread.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("shop.json");
    let (answer, waits) = std::sync::mpsc::channel::<()>();
    runtime.block_on(async {
        let mut server = Server::start().await;
        server.answer("200 OK", "etag: \"three\"\r\n", &document(3, Mode::Off));
        let poller = server.poller().with_lease(Duration::from_secs(1));
        let policy = poller.with_saved_copy(&copy).start().await;
        until_saved(&copy).await;
        let disk = tokio::task::spawn_blocking(move || waits.recv());
        server.answer("200 OK", "etag: \"four\"\r\n", &document(4, Mode::Off));
        until(&policy, 4).await;
        server.answer("304 Not Modified", "", "");
        for _ in 0..3 {
            server.request().await;
        }
        server.answer("503 Service Unavailable", "", "");
        timeout(LONG, policy.until(|state| state.maintenance == Mode::All))
            .await
            .unwrap();
        let saved = std::fs::read_to_string(&copy).unwrap();
        assert!(saved.contains("\"revision\":3"), "{saved}");
        drop(answer);
        assert!(disk.await.unwrap().is_err());
    });
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

#[test]
fn processes_that_share_a_copy_never_leave_a_corrupt_one() {
    const CHANGES: u64 = 250;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("shop.json");
    let poll = |seed: usize| {
        let (copy, folder) = (copy.clone(), folder.path());
        let source = folder.join(format!("source-{seed}.json"));
        move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let write = |revision| {
                    // Of a length of its own.
                    let spaces = " ".repeat(fastrand::usize(..100_000));
                    let new = source.with_extension("new");
                    std::fs::write(&new, spaces + &document(revision, Mode::All)).unwrap();
                    std::fs::rename(new, &source).unwrap();
                };
                write(1);
                let poller = Poller::new(format!("file://{}", source.display())).unwrap();
                let poller = poller.with_interval(Duration::from_millis(2));
                let policy = poller.with_saved_copy(&copy).start().await;
                for revision in 2..=CHANGES {
                    write(revision);
                    until(&policy, revision).await;
                }
                policy.leave().await;
            });
        }
    };
    std::thread::scope(|scope| {
        let pollers = [1, 2].map(|seed| scope.spawn(poll(seed)));
        let mut read = 0;
        while !pollers
            .iter()
            .all(std::thread::ScopedJoinHandle::is_finished)
        {
            if let Ok(document) = std::fs::read(&copy) {
                intermission::State::parse(&document).unwrap();
                read += 1;
            }
        }
        for poller in pollers {
            poller.join().unwrap();
        }
        assert!(read > 100, "{read}");
    });
    let saved = intermission::State::parse(&std::fs::read(&copy).unwrap()).unwrap();
    assert_eq!(saved.revision, CHANGES);
    // Two sources and the copy.
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 3);
}
