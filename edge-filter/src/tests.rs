use std::time::Duration;

use crate::config::Config;
use crate::fake::Fake;
use crate::host::NotSent;
use crate::plugin::Action;
use crate::root::{Root, TICK};

const CONFIG: &str = r#"{ "cluster": "control", "path": "/state", "token": "t", "start_wait": 2 }"#;

fn root(host: &Fake, identity: u64) -> Root<Fake> {
    Root::new(
        host.clone(),
        Config::parse(CONFIG.as_bytes()).unwrap(),
        1,
        identity,
    )
}

fn configured(host: &Fake, more: &str) -> Root<Fake> {
    let json = format!(r#"{{ "cluster": "control", "path": "/state", {more} }}"#);
    Root::new(host.clone(), Config::parse(json.as_bytes()).unwrap(), 1, 7)
}

fn document(revision: u64, mode: &str) -> Vec<u8> {
    format!(
        r#"{{ "version": 1, "store": "S", "service": "shop", "revision": {revision}, "maintenance": "{mode}",
              "allowlist": {{ "enabled": true, "cidrs": ["203.0.113.0/24"] }} }}"#
    )
    .into_bytes()
}

/// The endpoint answers the poll of `root`.
fn answer(host: &Fake, root: &mut Root<Fake>, status: u16, body: Vec<u8>) {
    let etag = ("etag".into(), format!("\"{}\"", body.len()));
    host.own.borrow_mut().response = Some((status, vec![etag], body));
    root.answered();
}

/// A request of `path` with a client; what becomes of it.
fn request(host: &Fake, root: &Root<Fake>, path: &str, client: &str) -> Action {
    {
        let mut own = host.own.borrow_mut();
        let headers = [
            (":method", "GET"),
            (":path", path),
            (":authority", "shop.example"),
        ];
        own.headers = headers
            .map(|(name, value)| (name.into(), value.into()))
            .into();
        own.properties
            .insert("source.address".into(), client.into());
        own.effective = 9;
    }
    root.plugin().request(9)
}

fn in_maintenance(host: &Fake) -> Root<Fake> {
    let mut root = root(host, 1);
    root.tick();
    answer(host, &mut root, 200, document(3, "all"));
    root
}

#[test]
fn requests_wait_for_the_first_answer_and_are_decided_by_it() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    assert_eq!(request(&host, &root, "/", "198.51.100.7:1"), Action::Hold);
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    assert_eq!(host.own.borrow().answered[0].1.0, 503);
    assert_eq!(
        host.own.borrow().answered[0].0,
        9,
        "the reply is for the request that waited"
    );
    assert_eq!(
        host.own.borrow().effective,
        1,
        "the root context acts for itself again"
    );

    let host = Fake::new();
    let mut root = self::root(&host, 1);
    request(&host, &root, "/", "198.51.100.7:1");
    root.tick();
    answer(&host, &mut root, 200, document(3, "off"));
    assert_eq!(host.own.borrow().resumed, [9]);
}

#[test]
fn a_request_that_ends_while_it_waits_is_forgotten() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    request(&host, &root, "/", "198.51.100.7:1");
    root.plugin().forget(9);
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    assert!(host.own.borrow().answered.is_empty());
}

#[test]
fn without_an_answer_the_initial_state_or_the_default_is_in_force_after_the_start_wait() {
    let initial = format!(
        r#""initial_state": {}"#,
        String::from_utf8(document(2, "all")).unwrap()
    );
    for (more, refused, said) in [
        (r#""default": "off""#, false, "the configured default"),
        (r#""default": "all""#, true, "the configured default"),
        (&initial, true, "the initial state"),
    ] {
        let host = Fake::new();
        let mut root = configured(&host, more);
        request(&host, &root, "/", "198.51.100.7:1");
        root.tick();
        host.pass(Duration::from_millis(1900));
        root.tick();
        assert!(host.own.borrow().answered.is_empty() && host.own.borrow().resumed.is_empty());
        host.pass(Duration::from_millis(100));
        root.tick();
        assert_eq!(host.own.borrow().answered.len() == 1, refused, "{more}");
        assert_eq!(host.own.borrow().resumed.len() == 1, !refused, "{more}");
        assert_eq!(host.said(said), 1);
    }
}

#[test]
fn an_open_service_costs_no_call() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    root.tick();
    answer(&host, &mut root, 200, document(3, "off"));
    assert_eq!(
        request(&host, &root, "/", "198.51.100.7:1"),
        Action::Continue
    );
    assert_eq!(host.own.borrow().host_calls, 0);
}

#[test]
fn the_client_is_the_source_address_unless_it_comes_from_a_header() {
    let host = Fake::new();
    let root = in_maintenance(&host);
    assert_eq!(
        request(&host, &root, "/", "203.0.113.9:4711"),
        Action::Continue
    );
    assert_eq!(
        request(&host, &root, "/", "198.51.100.7:4711"),
        Action::Answered
    );
    assert_eq!(
        request(&host, &root, "/", "203.0.113.9:0"),
        Action::Answered
    );
    assert_eq!(
        request(&host, &root, "/", "203.0.113.9:0"),
        Action::Answered
    );
    assert_eq!(
        request(&host, &root, "/", "/run/listener.sock"),
        Action::Answered
    );
    assert_eq!(host.said("any client may forge"), 1, "it is said once");

    let host = Fake::new();
    let mut root = configured(
        &host,
        r#""client": { "source": "source-address", "trust_forwarded": true }"#,
    );
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    assert_eq!(
        request(&host, &root, "/", "203.0.113.9:0"),
        Action::Continue
    );
    assert_eq!(
        request(&host, &root, "/", "[::ffff:203.0.113.9]:0"),
        Action::Continue
    );
}

#[test]
fn forwarded_addresses_count_from_trusted_peers_only() {
    let host = Fake::new();
    let client = r#""client": { "source": "x-forwarded-for", "trusted_proxies": ["10.0.0.0/8"] }"#;
    let mut root = configured(&host, client);
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    for (peer, expected) in [
        (Some("10.0.0.1:80"), Action::Continue),
        (Some("198.51.100.7:80"), Action::Answered),
        (None, Action::Answered),
    ] {
        {
            let mut own = host.own.borrow_mut();
            own.headers = vec![
                (":path".into(), b"/".to_vec()),
                ("x-forwarded-for".into(), b"203.0.113.9".to_vec()),
            ];
            own.properties.clear();
            own.properties
                .extend(peer.map(|peer| ("filter_state.intermission.peer".into(), peer.into())));
        }
        assert_eq!(root.plugin().request(9), expected, "{peer:?}");
    }
}

#[test]
fn one_context_polls_and_the_others_take_its_word() {
    let first = Fake::new();
    let hosts = [first.clone(), first.sibling(), first.sibling()];
    let mut roots: Vec<_> = (1..)
        .zip(&hosts)
        .map(|(identity, host)| root(host, identity))
        .collect();
    roots.iter_mut().for_each(Root::tick);
    assert_eq!(hosts[0].calls(), 1);
    answer(&hosts[0], &mut roots[0], 200, document(3, "all"));
    assert!(
        hosts[0].next_woken().is_some(),
        "the others are woken at once"
    );
    for root in &mut roots {
        root.woken(0);
        assert!(root.plugin().has_policy());
    }
    for _ in 0..100 {
        hosts[0].pass(TICK);
        roots.iter_mut().for_each(Root::tick);
    }
    assert_eq!(hosts[0].calls(), 2, "a poll under way is not repeated");
}

#[test]
fn another_context_takes_over_from_one_that_died() {
    let host = Fake::new();
    let mut first = root(&host, 1);
    first.tick();
    answer(&host, &mut first, 200, document(3, "all"));
    let other = host.sibling();
    let mut second = root(&other, 2);
    drop(first);
    assert_eq!(
        request(&other, &second, "/", "198.51.100.7:1"),
        Action::Answered,
        "the state is there at once"
    );
    let before = host.calls();
    for _ in 0..15 {
        host.pass(TICK);
        second.tick();
    }
    assert_eq!(host.calls(), before + 1);
    let headers = host.process.borrow().calls.last().unwrap().clone();
    let header = |name: &str| {
        headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert!(
        header("if-none-match").is_some(),
        "it goes on where the other was"
    );
    assert_eq!(header("prefer"), Some("wait=10"));
    assert_eq!(header("authorization"), Some("Bearer t"));
}

#[test]
fn a_lease_from_a_clock_that_was_set_back_lapses() {
    let host = Fake::new();
    let mut first = root(&host, 1);
    first.tick();
    host.process.borrow_mut().now -= Duration::from_secs(3600);
    let other = host.sibling();
    root(&other, 2).tick();
    assert_eq!(host.calls(), 2);
}

#[test]
fn polling_goes_on_when_the_clock_is_set_back() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    answer(&host, &mut root, 304, Vec::new());
    let before = host.calls();
    host.process.borrow_mut().now -= Duration::from_secs(3600);
    // As long as the interval can be.
    for _ in 0..28 {
        host.pass(TICK);
        root.tick();
    }
    assert_eq!(host.calls(), before + 1);
}

#[test]
fn after_a_change_it_asks_again_at_once() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    assert_eq!(host.calls(), 2);
    answer(&host, &mut root, 200, document(4, "off"));
    assert_eq!(host.calls(), 3);
    answer(&host, &mut root, 304, Vec::new());
    assert_eq!(host.calls(), 3, "nothing has changed, and it was not held");
}

#[test]
fn what_is_no_answer_changes_nothing_and_is_said_once() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    for (status, body) in [
        (503, vec![]),
        (503, vec![]),
        (504, vec![]),
        (200, b"<html>".to_vec()),
        (200, document(2, "off")),
    ] {
        host.pass(Duration::from_secs(31));
        root.tick();
        answer(&host, &mut root, status, body);
        assert_eq!(
            request(&host, &root, "/", "198.51.100.7:1"),
            Action::Answered
        );
    }
    assert_eq!(host.said("status 503 is no answer"), 1);
    host.own.borrow_mut().response = None;
    host.pass(Duration::from_secs(31));
    root.tick();
    root.unanswered();
    assert_eq!(host.said("no response"), 1);
    root.tick();
    assert_eq!(host.metric("intermission_polls_failed_total"), 6);
    assert_eq!(host.metric("intermission_revision"), 3);
}

#[test]
fn a_cluster_that_is_not_there_yet_is_tried_again() {
    let host = Fake::new();
    host.process.borrow_mut().not_sent = Some(NotSent::NoSuchCluster);
    let mut root = root(&host, 1);
    root.tick();
    assert_eq!(host.said("there is no cluster \"control\" yet"), 1);
    host.process.borrow_mut().not_sent = Some(NotSent::Failed);
    host.pass(Duration::from_secs(1));
    root.tick();
    assert_eq!(host.said("cluster \"control\" cannot be asked"), 1);
    host.process.borrow_mut().not_sent = None;
    for _ in 0..10 {
        host.pass(TICK);
        root.tick();
    }
    answer(&host, &mut root, 200, document(3, "all"));
    assert!(root.plugin().has_policy());
}

#[test]
fn memory_of_the_largest_vm_is_told() {
    let host = Fake::new();
    let sibling = host.sibling();
    for (host, memory) in [(&host, 2), (&sibling, 1), (&host, 3), (&sibling, 2)] {
        host.own.borrow_mut().memory = memory;
        root(host, 1).tick();
    }
    assert_eq!(host.metric("intermission_vm_memory_bytes"), 3);
}

#[test]
fn decisions_are_counted_at_the_tick() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    request(&host, &root, "/healthz", "198.51.100.7:1");
    request(&host, &root, "/api/x", "198.51.100.7:1");
    request(&host, &root, "/", "198.51.100.7:1");
    request(&host, &root, "/", "198.51.100.7:1");
    request(&host, &root, "/", "203.0.113.9:1");
    assert_eq!(host.metric("intermission_requests_exempt_total"), 0);
    root.tick();
    assert_eq!(host.metric("intermission_requests_exempt_total"), 1);
    assert_eq!(host.metric("intermission_requests_refused_api_total"), 1);
    assert_eq!(host.metric("intermission_requests_refused_page_total"), 2);
    assert_eq!(host.metric("intermission_requests_allowlisted_total"), 1);
}

#[test]
fn an_answer_to_grpc_is_left_to_envoy_to_dress() {
    let host = Fake::new();
    let root = in_maintenance(&host);
    {
        let mut own = host.own.borrow_mut();
        own.headers = vec![
            (":path".into(), b"/x".to_vec()),
            ("content-type".into(), b"application/grpc".to_vec()),
        ];
        own.properties.clear();
    }
    root.plugin().request(9);
    let own = host.own.borrow();
    let (_, (status, headers, body)) = &own.answered[0];
    assert_eq!((*status, body.starts_with(b"We are working")), (503, true));
    for name in [
        "content-type",
        "grpc-status",
        "grpc-message",
        "content-length",
    ] {
        assert!(!headers.iter().any(|(known, _)| known == name), "{name}");
    }
    assert!(
        headers
            .iter()
            .any(|(name, _)| name == "grpc-status-details-bin")
    );
}

#[test]
fn a_canary_vm_writes_nothing() {
    let host = Fake::new();
    drop(root(&host, 1));
    assert_eq!(host.calls(), 0);
    assert!(host.is_untouched());
}

#[test]
fn without_an_answer_for_the_lease_every_vm_closes_until_there_is_one() {
    let host = Fake::new();
    let mut polling = configured(&host, r#""lease": 6"#);
    polling.tick();
    answer(&host, &mut polling, 200, document(3, "off"));
    let sibling = host.sibling();
    let mut other = configured(&sibling, r#""lease": 6"#);
    let pass = |time: Duration, polling: &mut Root<Fake>, other: &mut Root<Fake>| {
        for _ in 0..time.as_millis() / TICK.as_millis() {
            host.pass(TICK);
            polling.tick();
            other.tick();
        }
    };
    let open = |polling: &Root<Fake>, other: &Root<Fake>| {
        let actions = [
            request(&host, polling, "/", "203.0.113.9:1"),
            request(&sibling, other, "/", "203.0.113.9:1"),
        ];
        assert_eq!(actions[0], actions[1]);
        actions[0] == Action::Continue
    };
    pass(Duration::from_secs(5), &mut polling, &mut other);
    assert!(open(&polling, &other));
    pass(Duration::from_secs(2), &mut polling, &mut other);
    assert!(!open(&polling, &other));
    assert_eq!(host.said("the lease has ended"), 1);

    // So is a VM that is made anew meanwhile.
    let newest = host.sibling();
    let new = configured(&newest, r#""lease": 6"#);
    assert_eq!(
        request(&newest, &new, "/", "203.0.113.9:1"),
        Action::Answered
    );

    // It tells of when the poll was sent, which is too long ago.
    answer(&host, &mut polling, 304, Vec::new());
    pass(TICK, &mut polling, &mut other);
    assert!(!open(&polling, &other));
    pass(Duration::from_secs(3), &mut polling, &mut other);
    answer(&host, &mut polling, 304, Vec::new());
    pass(TICK, &mut polling, &mut other);
    assert!(open(&polling, &other));
    assert_eq!(sibling.said("the lease is renewed"), 1);
}

#[test]
fn without_a_lease_a_state_stays_in_force_however_old() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    host.pass(Duration::from_secs(1_000_000));
    root.tick();
    assert_eq!(
        request(&host, &root, "/", "198.51.100.7:1"),
        Action::Answered
    );
    assert_eq!(host.said("lease"), 0);
}

#[test]
fn plugins_that_ask_otherwise_poll_for_themselves_and_share_what_they_hear() {
    let host = Fake::new();
    let mut refused = configured(&host, r#""token": "bad""#);
    refused.tick();
    answer(&host, &mut refused, 401, Vec::new());
    let other = host.sibling();
    let mut trusted = configured(&other, r#""token": "good", "lease": 6"#);
    trusted.tick();
    assert_eq!(host.calls(), 2);
    answer(&other, &mut trusted, 200, document(3, "all"));
    host.pass(TICK);
    refused.tick();
    assert_eq!(
        request(&host, &refused, "/", "198.51.100.7:1"),
        Action::Answered
    );
}

#[test]
fn a_lease_that_ends_before_the_start_lets_nobody_in() {
    let host = Fake::new();
    let mut root = configured(&host, r#""start_wait": 4, "lease": 3"#);
    assert_eq!(request(&host, &root, "/", "198.51.100.7:1"), Action::Hold);
    host.pass(Duration::from_secs(4));
    root.tick();
    assert_eq!(host.own.borrow().answered.len(), 1);
}

#[test]
fn age_of_the_last_answer_survives_a_change_of_turn() {
    let host = Fake::new();
    let mut first = in_maintenance(&host);
    host.pass(Duration::from_secs(3));
    first.tick();
    assert_eq!(host.metric("intermission_last_answer_age_seconds"), 3);
    let other = host.sibling();
    let mut second = root(&other, 2);
    host.pass(Duration::from_secs(60));
    second.tick();
    assert_eq!(host.metric("intermission_last_answer_age_seconds"), 63);
    assert_eq!(
        host.metric("intermission_last_answer_timestamp_seconds"),
        1_800_000_000
    );
}
