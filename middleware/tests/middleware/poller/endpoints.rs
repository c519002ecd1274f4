//! Several endpoints that are replicas of one control.

use std::time::Duration;

use intermission::{Mode, Poller};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::server::{LONG, SHORT, Server, document};
use crate::log::Log;

/// An address at which the kernel refuses connections.
async fn dead() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/state", listener.local_addr().unwrap())
}

#[tokio::test]
async fn the_one_of_three_endpoints_that_answers_is_found_within_the_start_wait() {
    // The order of the endpoints is random.
    for round in 0..6 {
        let (slow, good) = (Server::start().await, Server::start().await);
        slow.hold();
        good.answer("200 OK", "", &document(3, Mode::All));
        let urls = [dead().await, slow.url.clone(), good.url.clone()];
        let policy = Poller::new(urls).unwrap().start().await;
        assert!(!policy.is_provisional(), "{round}");
        assert_eq!(policy.state().revision, 3, "{round}");
    }
}

#[tokio::test]
async fn an_endpoint_without_an_answer_is_left_and_its_pause_is_its_own() {
    let (mut busy, mut good) = (Server::start().await, Server::start().await);
    busy.answer("503 Service Unavailable", "retry-after: 25\r\n", "");
    good.answer("200 OK", "", &document(3, Mode::All));
    let poller = Poller::new([&busy.url, &good.url]).unwrap();
    let poller = poller.with_interval(SHORT).with_token("secret").unwrap();
    let policy = poller.start().await;
    assert_eq!(policy.state().revision, 3);
    for _ in 0..20 {
        good.request().await;
    }
    assert!(busy.requests().len() <= 1);
}

#[tokio::test]
async fn a_token_goes_to_the_endpoints_alone() {
    let (leads, mut elsewhere) = (Server::start().await, Server::start().await);
    let good = Server::start().await;
    let location = format!("location: {}\r\n", elsewhere.url);
    leads.answer("307 Temporary Redirect", &location, "");
    elsewhere.answer("200 OK", "", &document(9, Mode::Off));
    good.answer("200 OK", "", &document(3, Mode::All));
    for _ in 0..6 {
        let mut leads_first = Poller::new(vec![&leads.url, &good.url]).unwrap();
        leads_first = leads_first.with_token("secret").unwrap();
        assert_eq!(leads_first.start().await.state().revision, 3);
    }
    assert_eq!(elsewhere.requests(), Vec::<String>::new());
}

#[tokio::test]
async fn a_held_poll_goes_on_at_another_endpoint_when_its_own_dies() {
    let log = Log::default();
    let _capture = log.capture();
    let [mut first, mut second] = [Server::start().await, Server::start().await];
    for server in [&first, &second] {
        server.answer("200 OK", "etag: \"S/3/d\"\r\n", &document(3, Mode::Off));
    }
    let poller = Poller::new([&first.url, &second.url]).unwrap();
    let poller = poller.with_interval(SHORT).with_name("shop-1");
    let policy = poller.with_start_wait(LONG).start().await;
    let is_first = loop {
        let (is_first, request) = tokio::select! {
            request = first.request() => (true, request),
            request = second.request() => (false, request),
        };
        if request.contains("prefer: wait=") {
            break is_first;
        }
    };
    if !is_first {
        std::mem::swap(&mut first, &mut second);
    }
    first.hold();
    let held = first.held().await;
    second.requests();

    // The other has a later state.
    second.answer("200 OK", "etag: \"S/4/d\"\r\n", &document(4, Mode::All));
    let (dead, left) = (first.url.clone(), second.url.clone());
    drop(first);
    let next = second.request().await;
    assert!(next.contains("if-none-match: \"s/3/d\"\r\n"), "{next}");
    assert!(!next.contains("prefer:"), "{next}");
    let [held, next] = [&held, &next].map(|request| seq(report(request)));
    assert_eq!(held.0, next.0, "the name and the boot");
    assert!(held.1 < next.1, "{held:?}, {next:?}");
    timeout(LONG, policy.until(|state| state.revision == 4))
        .await
        .unwrap();
    for line in [
        format!("endpoint={dead}"),
        format!("another endpoint answers endpoint={left}"),
    ] {
        assert!(log.text().contains(&line), "{}", log.text());
    }
}

/// The begin of a report, with name and boot, and its number.
fn seq(report: &str) -> (&str, u64) {
    let (begin, rest) = report.split_once(";seq=").unwrap();
    (begin, rest.split(';').next().unwrap().parse().unwrap())
}

/// The value of the header by which a node reports.
fn report(request: &str) -> &str {
    let mut lines = request.split("\r\n");
    let line = lines.find_map(|line| line.strip_prefix("intermission-node: "));
    line.unwrap_or_else(|| panic!("no report in {request}"))
}

#[tokio::test]
async fn a_replica_that_is_behind_puts_nothing_older_in_force() {
    let servers = [Server::start().await, Server::start().await];
    servers[0].answer("200 OK", "", &document(4, Mode::All));
    servers[1].answer("200 OK", "", &document(3, Mode::Off));
    let urls = servers.each_ref().map(|server| &server.url);
    let poller = Poller::new(urls.as_slice()).unwrap().with_interval(SHORT);
    let policy = poller.with_start_wait(LONG).start().await;
    let reached = policy.until(|state| state.revision == 4);
    if policy.state().revision == 3 {
        // It stays with the endpoint that answers, until that one fails.
        servers[1].answer("503 Service Unavailable", "", "");
    }
    timeout(LONG, reached).await.unwrap();
    let [ahead, mut behind] = servers;
    behind.answer("200 OK", "", &document(3, Mode::Off));
    behind.requests();
    drop(ahead);
    for _ in 0..5 {
        behind.request().await;
    }
    assert_eq!(policy.state().revision, 4);
}

#[test]
fn endpoints_are_replicas_of_one_control() {
    let shop = "https://a.example/v1/services/shop/state";
    let nine: Vec<_> = (1..=9)
        .map(|host| format!("http://10.0.0.{host}/"))
        .collect();
    for (urls, expected) in [
        (
            vec![shop, "https://b.example/v1/services/pay/state"],
            "\"https://b.example/v1/services/pay/state\" names another service than the endpoint before it; name \
             replicas of one control",
        ),
        (
            vec![shop, "file:///etc/shop.json"],
            "\"file:///etc/shop.json\" is a file, which is no replica of a control; name it alone",
        ),
        (
            nine.iter().map(String::as_str).collect(),
            "\"http://10.0.0.9/\" is one endpoint too many; name at most 8",
        ),
        (
            Vec::new(),
            "\"\" is not an endpoint; write it like http://127.0.0.1:7700/v1/services/shop/state or \
             file:///etc/intermission/shop.json",
        ),
    ] {
        assert_eq!(Poller::new(&urls).unwrap_err().to_string(), expected);
    }
    assert!(Poller::new(&nine[..8]).is_ok());
    assert!(Poller::new([shop, "https://b.example/v1/services/shop/state"]).is_ok());
    assert!(Poller::new([shop, "http://127.0.0.1/state"]).is_ok());
}

#[tokio::test]
async fn a_node_leaves_at_any_endpoint() {
    let (first, mut second) = (Server::start().await, Server::start().await);
    for server in [&first, &second] {
        server.answer("200 OK", "", &document(3, Mode::All));
    }
    let poller = Poller::new([&first.url, &second.url]).unwrap();
    let policy = poller.with_interval(SHORT).start().await;
    drop(first);
    let left = timeout(Duration::from_secs(4), policy.leave());
    left.await.unwrap();
    let left = async { while !second.request().await.contains(";leaving") {} };
    timeout(LONG, left).await.unwrap();
}

#[tokio::test]
async fn a_node_leaves_at_another_endpoint_where_its_own_is_silent() {
    let [mut own, mut other] = [Server::start().await, Server::start().await];
    for server in [&own, &other] {
        server.answer("200 OK", "etag: \"S/3/d\"\r\n", &document(3, Mode::All));
    }
    let poller = Poller::new([&own.url, &other.url]).unwrap();
    let policy = poller.with_interval(SHORT).start().await;
    let is_own = tokio::select! {
        _ = own.request() => true,
        _ = other.request() => false,
    };
    if !is_own {
        std::mem::swap(&mut own, &mut other);
    }
    own.hold();
    own.held().await;
    policy.leave().await;
    let requests = other.requests();
    let last = requests.last().unwrap();
    assert!(last.contains(";leaving"), "{last}");
}
