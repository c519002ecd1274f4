//! The reports in polls.

use std::time::Duration;

use intermission::{MaintenanceLayer, Mode, Peer, RequestGuard};
use tokio::time::timeout;

use super::server::{LONG, SHORT, Server, document, document_of, until};
use crate::app::{ask, behind, welcome};

#[tokio::test]
async fn a_document_of_another_service_is_refused_and_the_report_says_why() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"S/3/d\"\r\n", &document(3, Mode::All));
    let policy = server.poller().start().await;
    server.answer("200 OK", "", &document_of("pay", 9, Mode::Off));
    let objection = reports(&mut server, ";error=").await;
    assert_eq!(
        objection.split_once(";error=").unwrap().1,
        "%\"the document is of service pay, but this node is of service shop; correct the url or its document\""
    );
    assert_eq!(policy.state().maintenance, Mode::All);
}

#[tokio::test]
async fn processes_that_seed_alike_have_different_boots() {
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
async fn polling_ends_with_the_last_handle() {
    let mut server = Server::start().await;
    server.answer("200 OK", "", &document(1, Mode::All));
    drop(server.poller().start().await);
    reports(&mut server, ";leaving").await;
    let later = timeout(SHORT * 25, server.request()).await;
    assert!(later.is_err(), "{later:?}");
}

/// The value of the header by which a node tells of itself.
fn report(request: &str) -> &str {
    let mut lines = request.split("\r\n");
    let line = lines.find_map(|line| line.strip_prefix("intermission-node: "));
    line.unwrap_or_else(|| panic!("no report in {request}"))
}

#[tokio::test]
async fn each_poll_reports_what_is_in_force() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"s/3/d\"\r\n", &document(3, Mode::All));
    let lease = Duration::from_secs(60);
    let poller = server.poller().with_name("shop-1").with_lease(lease);
    let policy = poller.start().await;
    let first = server.request().await;
    let (start, first) = report(&first).split_at("\"shop-1\";boot=\"0123456789abcdef\";".len());
    assert_eq!(
        first,
        "seq=1;kind=tower;running=0;wait=10;format=3;lease=60"
    );
    let second = server.request().await;
    let second = report(&second).strip_prefix(start).unwrap();
    assert_eq!(
        second,
        "seq=2;kind=tower;applied=\"s/3/d\";running=0;wait=10;format=3;lease=60"
    );

    server.answer("200 OK", "etag: \"s/4/d\"\r\n", "{}");
    let objection = reports(&mut server, ";error=").await;
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
    let layer = MaintenanceLayer::new(policy.clone()).with_extensions();
    let shop = behind(&layer, move |request| {
        let guard = request.extensions().get::<RequestGuard>().unwrap().clone();
        send.send(guard).unwrap();
        http::Response::default()
    });
    drop(ask(&shop, http::Request::default()).await);

    let guard = guards.recv().unwrap();
    let leaving = tokio::spawn(async move { policy.leave().await });
    let refused = async {
        while ask(&shop, http::Request::default()).await.status() == 200 {
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
    reports(&mut server, ";leaving").await;
    timeout(LONG, leaving).await.unwrap().unwrap();
    assert!(
        timeout(SHORT * 25, server.request()).await.is_err(),
        "it was the last"
    );
}

/// Waits until a poll reports this, and returns the report.
async fn reports(server: &mut Server, what: &str) -> String {
    let reported = async {
        loop {
            let poll = server.request().await;
            if report(&poll).contains(what) {
                return report(&poll).to_owned();
            }
        }
    };
    let reported = timeout(LONG, reported).await;
    reported.unwrap_or_else(|_| panic!("{what} is never reported"))
}

#[tokio::test]
async fn polls_count_requests_by_rule_since_the_state_came_into_force() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"s/3/d\"\r\n", &document(3, Mode::All));
    let policy = server.poller().start().await;
    server.answer("304 Not Modified", "", "");
    let shop = welcome(&MaintenanceLayer::new(policy.clone()));
    for path in ["/", "/basket", "/healthz"] {
        let request = http::Request::get(path).body(String::new()).unwrap();
        ask(&shop, request).await;
    }
    reports(&mut server, ";refused=2;exempt=1").await;
    server.answer("200 OK", "etag: \"s/4/d\"\r\n", &document(4, Mode::Writes));
    until(&policy, 4).await;
    ask(&shop, http::Request::default()).await;
    server.answer("304 Not Modified", "", "");
    reports(&mut server, ";format=3;read-only=1").await;
}

#[tokio::test]
async fn polls_report_which_paths_health_checks_ask_for_while_the_service_is_open() {
    let mut server = Server::start().await;
    server.answer("200 OK", "etag: \"s/3/d\"\r\n", &document(3, Mode::Off));
    let policy = server.poller().start().await;
    server.answer("304 Not Modified", "", "");
    let layer = MaintenanceLayer::new(policy.clone());
    let shops = [layer.clone(), layer.with_extensions()].map(|layer| welcome(&layer));
    let asking = tokio::spawn(async move {
        loop {
            // Exempt paths are not reported.
            for (shop, (path, peer)) in shops.iter().zip([("/health", 1), ("/up", 2)]) {
                for path in [path, "/healthz"] {
                    let probe = http::Request::get(path).header("user-agent", "kube-probe/1.30");
                    let probe = probe.extension(Peer::Address([10, 0, 0, peer].into()));
                    let probe = probe.body(String::new()).unwrap();
                    ask(shop, probe).await;
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
