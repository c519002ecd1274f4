//! The poller against servers on loopback and files.
#![cfg(feature = "poller")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test does not expect ends it"
)]

mod server;

use std::convert::Infallible;
use std::time::Duration;

use intermission::{MaintenanceLayer, Mode, Peer, Poller, RequestGuard};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tower::{Layer, ServiceExt};

use self::server::{LONG, SHORT, Server, document, document_of, until};

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
    let long = " ".repeat(intermission::State::MAX_BYTES) + &document(4, Mode::Off);
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
async fn a_document_of_another_service_is_refused_and_control_hears_why() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"S/3/d\"\r\n", &document(3, Mode::All));
    let policy = server.poller().start().await;
    server.answer("200 OK", "", &document_of("pay", 9, Mode::Off));
    let objection = async {
        loop {
            let poll = server.request().await;
            if let Some((_, error)) = report(&poll).split_once(";error=") {
                return error.to_owned();
            }
        }
    };
    assert_eq!(
        timeout(LONG, objection).await.unwrap(),
        "%\"the document is of service pay, but this node is of service shop; correct the url or its document\""
    );
    assert_eq!(policy.state().maintenance, Mode::All);
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
async fn processes_that_seed_alike_are_told_apart() {
    let mut boots = Vec::new();
    for _ in 0..2 {
        fastrand::seed(42);
        let mut server = Server::start().await;
        server.answer("200 OK", "", &document(3, Mode::All));
        let policy = server.poller().with_name("shop").start().await;
        let request = server.request().await;
        let boot = report(&request).split(';').nth(1).unwrap().to_owned();
        assert!(boot.starts_with("boot="), "{boot}");
        boots.push(boot);
        drop(policy);
    }
    assert_ne!(boots[0], boots[1]);
}

#[tokio::test]
async fn what_a_poller_keeps_is_not_swapped_by_hand() {
    let server = Server::start().await;
    server.answer("200 OK", "", &document(3, Mode::All));
    let policy = server.poller().start().await;
    policy.swap(intermission::State::initial(
        policy.state().service,
        Mode::Off,
    ));
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

#[tokio::test]
async fn polling_ends_with_the_last_handle() {
    let mut server = Server::start().await;
    server.answer("200 OK", "", &document(1, Mode::All));
    drop(server.poller().start().await);
    let farewell = async { while !report(&server.request().await).ends_with(";leaving") {} };
    timeout(LONG, farewell).await.unwrap();
    let later = timeout(SHORT * 25, server.request()).await;
    assert!(later.is_err(), "{later:?}");
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
    let closed = async {
        while policy.state().maintenance != Mode::All {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, closed).await.unwrap();
    assert_eq!(policy.state().revision, 3);

    server.answer("304 Not Modified", "", "");
    let opened = async {
        while policy.state().maintenance != Mode::Off {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, opened).await.unwrap();
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
    let closed = async {
        while policy.state().maintenance != Mode::All {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(LONG, closed).await.unwrap();
}

/// The value of the header by which a node tells of itself.
fn report(request: &str) -> &str {
    let mut lines = request.split("\r\n");
    let line = lines.find_map(|line| line.strip_prefix("intermission-node: "));
    line.unwrap_or_else(|| panic!("no report in {request}"))
}

#[tokio::test]
async fn each_poll_tells_what_is_in_force() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"s/3/d\"\r\n", &document(3, Mode::All));
    let lease = Duration::from_secs(60);
    let poller = server.poller().with_name("shop-1").with_lease(lease);
    let policy = poller.start().await;
    let first = server.request().await;
    let (start, first) = report(&first).split_at("\"shop-1\";boot=\"0123456789abcdef\";".len());
    assert_eq!(
        first,
        "seq=1;kind=tower;running=0;wait=10;format=2;lease=60"
    );
    let second = server.request().await;
    let second = report(&second).strip_prefix(start).unwrap();
    assert_eq!(
        second,
        "seq=2;kind=tower;applied=\"s/3/d\";running=0;wait=10;format=2;lease=60"
    );

    server.answer("200 OK", "etag: \"s/4/d\"\r\n", "{}");
    let objection = async {
        loop {
            let poll = server.request().await;
            if report(&poll).contains(";error=") {
                return report(&poll).to_owned();
            }
        }
    };
    let objection = timeout(LONG, objection).await.unwrap();
    assert!(objection.contains(";applied=\"s/3/d\";"), "{objection}");
    assert!(
        objection.ends_with(";error=%\"the document is not valid: /version: is missing\""),
        "{objection}"
    );
    assert_eq!(policy.state().revision, 3);
}

#[tokio::test]
async fn a_node_that_leaves_says_so_once_nothing_runs() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"s/3/d\"\r\n", &document(3, Mode::Off));
    let policy = server.poller().start().await;
    let (send, guards) = std::sync::mpsc::channel();
    let app = tower::service_fn(move |request: http::Request<String>| {
        let guard = request.extensions().get::<RequestGuard>().unwrap().clone();
        send.send(guard).unwrap();
        std::future::ready(Ok::<_, Infallible>(http::Response::new(
            http_body_util::Empty::<bytes::Bytes>::new(),
        )))
    });
    let shop = MaintenanceLayer::new(policy.clone())
        .with_extensions()
        .layer(app);
    drop(
        shop.clone()
            .oneshot(http::Request::default())
            .await
            .unwrap(),
    );

    let guard = guards.recv().unwrap();
    let leaving = tokio::spawn(async move { policy.leave().await });
    let refused = async {
        let ask = || shop.clone().oneshot(http::Request::default());
        while ask().await.unwrap().status() == 200 {
            drop(guards.recv().unwrap());
            tokio::time::sleep(SHORT).await;
        }
    };
    timeout(LONG, refused).await.unwrap();
    let silence = async { while !report(&server.request().await).ends_with(";leaving") {} };
    assert!(
        timeout(SHORT * 25, silence).await.is_err(),
        "a request runs still"
    );
    drop(guard);
    let farewell = async { while !report(&server.request().await).ends_with(";leaving") {} };
    timeout(LONG, farewell).await.unwrap();
    timeout(LONG, leaving).await.unwrap().unwrap();
    assert!(
        timeout(SHORT * 25, server.request()).await.is_err(),
        "it was the last"
    );
}

fn welcome() -> impl Clone
+ tower::Service<
    http::Request<String>,
    Response = http::Response<http_body_util::Empty<bytes::Bytes>>,
    Error = Infallible,
    Future: Send,
> {
    tower::service_fn(|_: http::Request<String>| std::future::ready(Ok(http::Response::default())))
}

/// Waits until a poll reports this.
async fn reports(server: &mut Server, what: &str) {
    let reported = async { while !report(&server.request().await).contains(what) {} };
    timeout(LONG, reported)
        .await
        .unwrap_or_else(|_| panic!("{what} is never reported"));
}

#[tokio::test]
async fn polls_count_requests_by_rule_since_the_state_came_into_force() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"s/3/d\"\r\n", &document(3, Mode::All));
    let policy = server.poller().start().await;
    server.answer("304 Not Modified", "", "");
    let shop = MaintenanceLayer::new(policy.clone()).layer(welcome());
    for path in ["/", "/basket", "/healthz"] {
        let request = http::Request::get(path).body(String::new()).unwrap();
        shop.clone().oneshot(request).await.unwrap();
    }
    reports(&mut server, ";refused=2;exempt=1").await;
    server.answer("200 OK", "etag: \"s/4/d\"\r\n", &document(4, Mode::Writes));
    until(&policy, 4).await;
    shop.oneshot(http::Request::default()).await.unwrap();
    server.answer("304 Not Modified", "", "");
    reports(&mut server, ";format=2;read-only=1").await;
}

#[tokio::test]
async fn polls_tell_which_paths_health_checks_ask_for_while_the_service_is_open() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"s/3/d\"\r\n", &document(3, Mode::Off));
    let policy = server.poller().start().await;
    server.answer("304 Not Modified", "", "");
    let layer = MaintenanceLayer::new(policy.clone());
    let shops = [layer.clone(), layer.with_extensions()].map(|layer| layer.layer(welcome()));
    let asking = tokio::spawn(async move {
        loop {
            // Exempt paths are not reported.
            for (shop, (path, peer)) in shops.iter().zip([("/health", 1), ("/up", 2)]) {
                for path in [path, "/healthz"] {
                    let probe = http::Request::get(path).header("user-agent", "kube-probe/1.30");
                    let probe = probe.extension(Peer::Address([10, 0, 0, peer].into()));
                    let probe = probe.body(String::new()).unwrap();
                    shop.clone().oneshot(probe).await.unwrap();
                }
            }
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
    });
    reports(&mut server, ";probed=\"kube-probe:/health kube-probe:/up\"").await;
    // They are reported in maintenance too.
    server.answer("200 OK", "etag: \"s/4/d\"\r\n", &document(4, Mode::All));
    until(&policy, 4).await;
    reports(&mut server, ";probed=\"kube-probe:/health kube-probe:/up\"").await;
    // What stays open to the peer that asks is not.
    let probers = r#""exempt": { "probers": [{ "cidr": "10.0.0.1", "paths": ["/health", "/up"] }] }, "store""#;
    let document = document(5, Mode::All).replacen("\"store\"", probers, 1);
    server.answer("200 OK", "etag: \"s/5/d\"\r\n", &document);
    until(&policy, 5).await;
    reports(&mut server, ";probed=\"kube-probe:/up\"").await;
    asking.abort();
}
