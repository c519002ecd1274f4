//! The poller against servers on loopback and files.

use std::time::Duration;

use intermission::{Mode, Poller, State};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::server::{LONG, SHORT, Server, document, until};

#[tokio::test]
async fn start_returns_with_the_first_answer_in_force() {
    let server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::All));
    let policy = server.poller().start().await;
    assert_eq!(
        (policy.state().revision, policy.state().maintenance),
        (3, Mode::All)
    );
}

#[tokio::test]
async fn polls_are_conditional_ask_to_be_held_and_follow_the_state() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"three\"\r\n", &document(3, Mode::All));
    let policy = server
        .poller()
        .with_token("secret\n")
        .unwrap()
        .start()
        .await;
    let first = server.request().await;
    assert!(!first.contains("if-none-match"), "{first}");
    assert!(
        first.contains("authorization: bearer secret\r\n"),
        "{first}"
    );
    let second = server.request().await;
    assert!(second.contains("if-none-match: \"three\"\r\n"), "{second}");
    assert!(second.contains("prefer: wait=10\r\n"), "{second}");
    server.answer("304 Not Modified", "", "");
    server.answer("200 OK", "etag: \"four\"\r\n", &document(4, Mode::Off));
    until(&policy, 4).await;
    assert_eq!(policy.state().maintenance, Mode::Off);
}

#[tokio::test]
async fn a_document_that_cannot_be_enforced_closes_until_another_can() {
    let mut server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::Off));
    let policy = server.poller().start().await;
    server.request().await;
    let unenforceable = document(4, Mode::All).replacen('{', r#"{"critical": ["countries"], "#, 1);
    server.answer("200 OK", "", &unenforceable);
    let closed = async {
        while policy.state().maintenance != Mode::All {
            server.request().await;
        }
    };
    timeout(LONG, closed).await.unwrap();
    assert_eq!(policy.state().revision, 3);
    let reports_it = async {
        while !server
            .request()
            .await
            .contains("is critical and not known here")
        {}
    };
    timeout(LONG, reports_it).await.unwrap();
    server.answer("200 OK", "", &document(5, Mode::Off));
    until(&policy, 5).await;
    assert_eq!(policy.state().maintenance, Mode::Off);
}

#[tokio::test]
async fn what_is_no_answer_leaves_the_last_good_state_in_force() {
    let mut server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::All));
    let policy = server.poller().start().await;
    server.request().await;
    let long = " ".repeat(State::MAX_BYTES) + &document(4, Mode::Off);
    for (status, headers, body) in [
        ("503 Service Unavailable", "", ""),
        ("504 Gateway Timeout", "", ""),
        ("401 Unauthorized", "", ""),
        ("404 Not Found", "", ""),
        ("302 Found", "location: /elsewhere\r\n", ""),
        ("200 OK", "", "<html>"),
        ("200 OK", "", &document(2, Mode::Off)),
        ("200 OK", "", &long),
    ] {
        server.answer(status, headers, body);
        let request = server.request().await;
        assert!(request.starts_with("get /state "), "{status}: {request}");
        server.request().await;
        assert_eq!(policy.state().revision, 3, "{status}");
    }
    server.answer("200 OK", "", &document(5, Mode::Off));
    until(&policy, 5).await;
}

#[tokio::test]
async fn without_an_answer_it_starts_with_the_default() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/state", listener.local_addr().unwrap());
    let poller = || Poller::new(&url).unwrap().with_start_wait(SHORT);
    assert_eq!(poller().start().await.state().maintenance, Mode::Off);
    assert_eq!(
        poller()
            .with_default(Mode::All)
            .start()
            .await
            .state()
            .maintenance,
        Mode::All
    );
}

#[tokio::test]
async fn without_an_answer_it_starts_with_the_initial_state_of_its_service() {
    let mut server = Server::start().await;
    server.answer("500 Internal Server Error", "", "");
    let initial = State::parse(document(7, Mode::All).as_bytes()).unwrap();
    let poller = || {
        let poller = server.poller().with_start_wait(SHORT);
        poller.with_initial_state(initial.clone())
    };
    let other = || "other".parse().unwrap();
    let ignored = poller().with_service(other()).start().await;
    assert_eq!(ignored.state().maintenance, Mode::Off);
    let policy = poller().start().await;
    assert!(policy.is_provisional());
    assert_eq!(policy.state().revision, 7);
    server.request().await;
    // An answer replaces it, also one that is older.
    server.answer("200 OK", "", &document(3, Mode::Writes));
    until(&policy, 3).await;
    assert!(ignored.is_provisional(), "it takes no other service");
}

#[tokio::test]
async fn what_a_poller_keeps_is_not_swapped_by_hand() {
    let server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::All));
    let policy = server.poller().start().await;
    policy.swap(State::initial(policy.state().service, Mode::Off));
    assert_eq!(policy.state().maintenance, Mode::All);
}

#[tokio::test]
async fn a_file_is_an_endpoint_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.json");
    std::fs::write(&file, document(1, Mode::All)).unwrap();
    let url = format!("file://{}", file.display());
    let policy = Poller::new(&url)
        .unwrap()
        .with_interval(SHORT)
        .start()
        .await;
    assert_eq!(policy.state().revision, 1);
    std::fs::remove_file(&file).unwrap();
    let replacement = folder.path().join("new");
    std::fs::write(&replacement, document(2, Mode::Off)).unwrap();
    std::fs::rename(&replacement, &file).unwrap();
    until(&policy, 2).await;
}

#[test]
fn an_endpoint_is_an_http_or_file_url() {
    for url in ["", "shop", "ftp://127.0.0.1/", "http://", "http:///state"] {
        let error = Poller::new(url).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("{url:?} is not an endpoint")),
            "{error}"
        );
    }
    for url in ["file:shop.json", "file://host/shop.json", "file:///a%20b"] {
        let error = Poller::new(url).unwrap_err().to_string();
        assert!(error.contains("absolute path"), "{error}");
    }
    let error = Poller::new("http://user:password@127.0.0.1/?sig=password").unwrap_err();
    assert!(!format!("{error} {error:?}").contains("password"));
    assert!(Poller::new("https://control.example/state").is_ok());
    assert!(
        Poller::new("http://127.0.0.1/")
            .unwrap()
            .with_token("a\nb")
            .is_err()
    );
}

#[tokio::test]
async fn without_an_answer_for_the_lease_the_service_is_closed_until_there_is_one() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"three\"\r\n", &document(3, Mode::Off));
    let lease = Duration::from_secs(2);
    let policy = server.poller().with_lease(lease).start().await;
    assert_eq!(policy.state().maintenance, Mode::Off);
    server.answer("304 Not Modified", "", "");
    for _ in 0..5 {
        server.request().await;
    }
    assert_eq!(policy.state().maintenance, Mode::Off, "it is answered");

    server.answer("503 Service Unavailable", "", "");
    timeout(LONG, policy.until(|state| state.maintenance == Mode::All))
        .await
        .unwrap();
    assert_eq!(policy.state().revision, 3);

    server.answer("304 Not Modified", "", "");
    timeout(LONG, policy.until(|state| state.maintenance == Mode::Off))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_hangs_is_no_answer() {
    let server = Server::start().await;
    // Nothing is ever said.
    let policy = server
        .poller()
        .with_start_wait(SHORT)
        .with_lease(Duration::from_millis(200))
        .start()
        .await;
    assert_eq!(policy.state().maintenance, Mode::Off);
    timeout(LONG, policy.until(|state| state.maintenance == Mode::All))
        .await
        .unwrap();
}
