use super::*;

#[test]
fn a_poll_tells_who_asks_and_what_is_in_force() {
    let host = Fake::new();
    let mut root = configured(
        &host,
        r#""node": "edge-1", "interval": 2.5, "wait": 0, "lease": 30"#,
    );
    root.tick();
    assert_eq!(
        host.polled_with("intermission-node").unwrap(),
        "\"edge-1\";boot=\"0000000000000003\";seq=1;kind=envoy;running=0;wait=3;format=3;lease=30"
    );
    tell(&host, &mut root, 3, "all");
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/3\"");
    assert_eq!(host.polled_with("if-none-match").unwrap(), "\"S/3\"");
}

#[test]
fn a_node_is_named_by_the_configuration_else_by_envoy() {
    let named = |more: &str, id: Option<&str>| {
        let host = Fake::new();
        let id = id.map(|id| ("xds\0node\0id".to_owned(), id.into()));
        host.own.borrow_mut().properties.extend(id);
        configured(&host, more).tick();
        reported(&host, "").unwrap()
    };
    let wait = r#""wait": 1"#;
    assert_eq!(named(wait, None), "\"envoy\"");
    assert_eq!(named(wait, Some("")), "\"envoy\"");
    assert_eq!(named(wait, Some("edge-7f3a")), "\"edge-7f3a\"");
    assert_eq!(named(r#""node": "a""#, Some("edge-7f3a")), "\"a\"");
}

#[test]
fn whichever_vm_polls_speaks_for_the_same_process() {
    let host = Fake::new();
    let mut first = root(&host, 1);
    first.tick();
    tell(&host, &mut first, 3, "all");
    let boot = reported(&host, "boot");
    assert_eq!(reported(&host, "seq").unwrap(), "2");
    let other = host.sibling();
    let mut second = root(&other, 2);
    drop(first);
    host.pass(TICK * 11);
    second.tick();
    assert_eq!(reported(&host, "boot"), boot);
    assert_eq!(reported(&host, "seq").unwrap(), "3");
}

#[test]
fn a_refused_document_is_reported_and_changes_nothing_else() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    root.tick();
    tell(&host, &mut root, 3, "all");
    let mut later = String::from_utf8(document(4, "off")).unwrap();
    later.insert_str(1, r#""scope": { "paths": ["basket"] },"#);
    tell_document(&host, &mut root, 4, later.into_bytes());
    host.pass(Duration::from_secs(31));
    root.tick();
    let error = reported(&host, "error").unwrap();
    assert!(error.contains("/scope/paths/0"), "{error}");
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/3\"");
    tell(&host, &mut root, 4, "off");
    assert_eq!(reported(&host, "error"), None);
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/4\"");
}

#[test]
fn plugins_with_other_endpoints_or_names_report_for_themselves() {
    let host = Fake::new();
    let mut shop = root(&host, 1);
    shop.tick();
    tell(&host, &mut shop, 3, "off");
    admit(&host, &mut shop, 7, "/", "198.51.100.7:1");
    tell(&host, &mut shop, 4, "all");
    assert_eq!(reported(&host, "running").unwrap(), "1");
    let boot = reported(&host, "boot");

    let json = r#"{ "cluster": "control", "path": "/other" }"#;
    let config = Config::parse(json.as_bytes(), |_| None).unwrap();
    let mut other = Root::new(host.sibling(), config, 2, 2);
    other.tick();
    assert_ne!(reported(&host, "boot"), boot);
    assert_eq!(reported(&host, "running").unwrap(), "0");
    assert_eq!(reported(&host, "applied"), None);

    // The same Envoy by another name: a member of its own.
    let before = host.calls();
    configured(&host.sibling(), r#""token": "t", "node": "b""#).tick();
    assert_eq!(host.calls(), before + 1);
    assert_eq!(reported(&host, "boot"), boot);
    assert_eq!(reported(&host, "running").unwrap(), "1");
}

#[test]
fn the_requests_of_all_vms_that_have_the_state_in_force_are_counted_by_rule() {
    let host = Fake::new();
    let mut polling = root(&host, 1);
    polling.tick();
    tell(&host, &mut polling, 3, "all");
    let sibling = host.sibling();
    let mut other = root(&sibling, 2);
    other.tick();
    for (host, root) in [(&host, &mut polling), (&sibling, &mut other)] {
        request(host, root, "/", "198.51.100.7:1");
        request(host, root, "/api/x", "198.51.100.7:1");
        request(host, root, "/healthz", "198.51.100.7:1");
    }
    request(&sibling, &mut other, "/", "203.0.113.9:1");
    // A slot says so with its next beat.
    for _ in 0..3 {
        host.pass(TICK);
        polling.tick();
        other.tick();
    }
    hold(&host, &mut polling);
    let counted =
        |host: &Fake| ["refused", "exempt", "allowlisted"].map(|rule| reported(host, rule));
    let counts = |refused: &str, exempt: &str, allowlisted: &str| {
        [refused, exempt, allowlisted].map(|count| Some(count.into()))
    };
    assert_eq!(counted(&host), counts("4", "2", "1"));

    // With a new state it begins anew; the VM that has not gone on to it tells of the other.
    tell(&host, &mut polling, 4, "all");
    request(&host, &mut polling, "/", "198.51.100.7:1");
    for _ in 0..3 {
        host.pass(TICK);
        polling.tick();
    }
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/3\"");
    assert_eq!(counted(&host), counts("2", "1", "1"));
    other.tick();
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/4\"");
    assert_eq!(counted(&host), [Some("1".into()), None, None]);
}
