use super::*;

#[test]
fn requests_wait_for_the_first_answer_and_are_decided_by_it() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    assert_eq!(
        request(&host, &mut root, "/", "198.51.100.7:1"),
        Action::Hold
    );
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
    request(&host, &mut root, "/", "198.51.100.7:1");
    root.tick();
    answer(&host, &mut root, 200, document(3, "off"));
    assert_eq!(host.own.borrow().resumed, [9]);
}

#[test]
fn a_request_that_ends_while_it_waits_is_forgotten() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    request(&host, &mut root, "/", "198.51.100.7:1");
    root.plugin().forget(9);
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    assert!(host.own.borrow().answered.is_empty());
}

#[test]
fn an_open_service_costs_no_call_and_no_look_at_a_clock() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    root.tick();
    answer(&host, &mut root, 200, document(3, "off"));
    // Which tells that this VM serves.
    request(&host, &mut root, "/", "198.51.100.7:1");
    host.own.borrow_mut().host_calls = 0;
    host.own.borrow().clock_reads.set(0);
    assert_eq!(
        request(&host, &mut root, "/", "198.51.100.7:1"),
        Action::Continue
    );
    root.plugin().forget(9);
    assert_eq!(host.own.borrow().host_calls, 0);
    assert_eq!(host.own.borrow().clock_reads.get(), 0);
}

#[test]
fn the_client_is_the_source_address_unless_it_comes_from_a_header() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    for (client, expected) in [
        ("203.0.113.9:4711", Action::Continue),
        ("198.51.100.7:4711", Action::Answered),
        ("203.0.113.9:0", Action::Answered),
        ("203.0.113.9:0", Action::Answered),
        ("/run/listener.sock", Action::Answered),
    ] {
        assert_eq!(request(&host, &mut root, "/", client), expected, "{client}");
    }
    assert_eq!(host.said("any client may forge"), 1, "it is said once");

    let host = Fake::new();
    let mut root = configured(
        &host,
        r#""client": { "source": "source-address", "trust_forwarded": true }"#,
    );
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    for client in ["203.0.113.9:0", "[::ffff:203.0.113.9]:0"] {
        assert_eq!(request(&host, &mut root, "/", client), Action::Continue);
    }
}

/// The action for a request that this peer forwards.
fn forwarded(host: &Fake, root: &mut Root<Fake>, peer: &str, addresses: &str) -> Action {
    {
        let mut own = host.own.borrow_mut();
        own.headers = vec![
            (":path".into(), b"/".to_vec()),
            ("x-forwarded-for".into(), addresses.into()),
        ];
        own.properties.clear();
        if peer != "unknown" {
            let key = "filter_state\0intermission.peer";
            own.properties.insert(key.into(), peer.into());
        }
    }
    root.plugin().request(9, Rest::Nothing)
}

#[test]
fn forwarded_addresses_count_from_trusted_peers_only() {
    let host = Fake::new();
    let client = r#""client": { "source": "x-forwarded-for", "trusted_proxies": ["10.0.0.0/8"] }"#;
    let mut root = configured(&host, client);
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    for (peer, expected) in [
        ("10.0.0.1:80", Action::Continue),
        ("198.51.100.7:80", Action::Answered),
        ("unknown", Action::Answered),
    ] {
        let action = forwarded(&host, &mut root, peer, "203.0.113.9");
        assert_eq!(action, expected, "{peer}");
    }
}

#[test]
fn hops_are_counted_before_the_peer_that_envoy_has_appended() {
    let host = Fake::new();
    let client = r#""client": { "source": "hop-count", "hops": 2 }"#;
    let mut root = configured(&host, client);
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    let cases = "
10.0.0.1:80, 203.0.113.9, 192.0.2.9, 10.0.0.1 → Continue
10.0.0.1:80, 203.0.113.9, 198.51.100.7, 10.0.0.1, 10.0.0.1 → Answered
10.0.0.1:80, 203.0.113.9, 192.0.2.9 → Answered
127.0.0.1:80, 203.0.113.9, 192.0.2.9, 172.17.0.2 → Answered
127.0.0.1:80, 198.51.100.7, 203.0.113.9, 172.17.0.2 → Answered
unknown, 203.0.113.9, 192.0.2.9 → Answered
unknown, 203.0.113.9, 192.0.2.9, 10.0.0.1 → Answered
/run/envoy.sock, 203.0.113.9, 192.0.2.9 → Continue
";
    for case in cases.trim().lines() {
        let (addresses, expected) = case.split_once(" → ").unwrap();
        let (peer, addresses) = addresses.split_once(", ").unwrap();
        let action = forwarded(&host, &mut root, peer, addresses);
        assert_eq!(format!("{action:?}"), expected, "{case}");
    }
}

#[test]
fn decisions_are_counted_at_the_tick() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    request(&host, &mut root, "/healthz", "198.51.100.7:1");
    request(&host, &mut root, "/api/x", "198.51.100.7:1");
    request(&host, &mut root, "/", "198.51.100.7:1");
    request(&host, &mut root, "/", "198.51.100.7:1");
    request(&host, &mut root, "/", "203.0.113.9:1");
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
    root.plugin().request(9, Rest::Nothing);
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
fn only_testers_responses_are_kept_out_of_caches() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    admit(&host, &mut root, 7, "/", "203.0.113.9:1");
    admit(&host, &mut root, 8, "/healthz", "198.51.100.7:1");
    let plugin = root.plugin();
    let calls = host.own.borrow().host_calls;
    plugin.respond(8);
    assert_eq!(host.own.borrow().host_calls, calls);
    let cached = |name: &str| (name.into(), b"max-age=600".into());
    host.own.borrow_mut().response_headers =
        vec![cached("cache-control"), cached("surrogate-control")];
    plugin.respond(7);
    let set = std::mem::take(&mut host.own.borrow_mut().set);
    let expected = [
        ("cache-control".into(), Some("private, no-store".into())),
        ("surrogate-control".into(), None),
    ];
    assert_eq!(set, expected);
    plugin.forget(7);
    plugin.respond(7);
    assert!(host.own.borrow().set.is_empty());
}

#[test]
fn an_allowlisted_request_costs_two_calls() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    admit(&host, &mut root, 7, "/", "203.0.113.9:1");
    let calls = host.own.borrow().host_calls;
    admit(&host, &mut root, 8, "/orders?item=7", "203.0.113.9:1");
    assert_eq!(host.own.borrow().host_calls - calls, 2);
}

#[test]
fn a_pass_is_taken_out_of_an_admitted_request() {
    const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
    let host = Fake::new();
    let mut root = root(&host, 1);
    root.tick();
    let mut state: State = State::parse(document(3, "all").as_ref()).unwrap();
    let pass = Pass::new(PassDigest::of(PASS.as_bytes()), None);
    state.allowlist.passes.push(pass);
    answer(&host, &mut root, 200, state.to_json());
    let cookie = format!("__Host-intermission-pass={PASS}");
    let among = format!("a=b; {cookie}");
    for (line, expected) in [
        (("accept", PASS), None),
        (
            ("intermission-pass", PASS),
            Some(("intermission-pass", None)),
        ),
        (("cookie", &*among), Some(("cookie", Some("a=b")))),
        (("cookie", &*cookie), Some(("cookie", None))),
    ] {
        let (name, value) = line;
        host.own.borrow_mut().headers =
            vec![(":path".into(), b"/".to_vec()), (name.into(), value.into())];
        let action = root.plugin().request(9, Rest::Nothing);
        let set = std::mem::take(&mut host.own.borrow_mut().set_in_request);
        let admitted = expected.is_some();
        assert_eq!(action == Action::Continue, admitted, "{line:?}");
        let expected = expected.map(|(name, value): (&str, Option<&str>)| {
            (
                name.to_owned(),
                value.map(|value| value.as_bytes().to_vec()),
            )
        });
        assert_eq!(set, Vec::from_iter(expected), "{line:?}");
    }
}
