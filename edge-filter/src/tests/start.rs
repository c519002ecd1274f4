use super::*;

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
        request(&host, &mut root, "/", "198.51.100.7:1");
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
fn a_cluster_that_is_not_there_yet_is_tried_again() {
    let host = Fake::new();
    host.process.borrow_mut().not_sent = Some(NotSent::NoSuchCluster);
    let mut root = root(&host, 1);
    root.tick();
    assert_eq!(host.said("cluster \"control\": it is not there yet"), 1);
    host.process.borrow_mut().not_sent = Some(NotSent::Failed);
    host.pass(Duration::from_secs(1));
    root.tick();
    assert_eq!(host.said("cluster \"control\": it cannot be asked"), 1);
    host.process.borrow_mut().not_sent = None;
    for _ in 0..10 {
        host.pass(TICK);
        root.tick();
    }
    answer(&host, &mut root, 200, document(3, "all"));
    assert!(has_policy(&root));
}

#[test]
fn a_canary_vm_writes_nothing() {
    let host = Fake::new();
    drop(root(&host, 1));
    assert_eq!(host.calls(), 0);
    assert!(host.is_untouched());
}

#[test]
fn a_lease_that_ends_before_the_start_refuses_all() {
    let host = Fake::new();
    let mut root = configured(&host, r#""start_wait": 4, "lease": 3"#);
    assert_eq!(
        request(&host, &mut root, "/", "198.51.100.7:1"),
        Action::Hold
    );
    host.pass(Duration::from_secs(4));
    root.tick();
    assert_eq!(host.own.borrow().answered.len(), 1);
}

#[test]
fn an_initial_state_of_another_service_is_passed_over() {
    let initial = r#"{ "version": 1, "service": "shop", "revision": 7, "maintenance": "all" }"#;
    for (path, more, passed_over) in [
        ("/v1/services/shop/state", "", false),
        ("/v1/services/pay/state", "", true),
        ("/state.json", "", false),
        ("/state.json", r#""service": "pay","#, true),
    ] {
        let host = Fake::new();
        let json = format!(
            r#"{{ "cluster": "c", "path": "{path}", {more} "start_wait": 0, "initial_state": {initial} }}"#
        );
        let config = Config::parse(json.as_bytes(), |_| None).unwrap();
        let mut root = Root::new(host.clone(), config, 1, 1);
        root.tick();
        let action = request(&host, &mut root, "/", "198.51.100.7:1");
        let expected = if passed_over {
            Action::Continue
        } else {
            Action::Answered
        };
        assert_eq!(action, expected, "{path} {more}");
        let said = host
            .said("the initial state is ignored: it is of service shop, and this node is of pay");
        assert_eq!(said, usize::from(passed_over), "{path} {more}");
    }
}

#[test]
fn a_document_of_another_service_is_refused() {
    let host = Fake::new();
    let json = r#"{ "cluster": "c", "path": "/v1/services/pay/state" }"#;
    let config = Config::parse(json.as_bytes(), |_| None).unwrap();
    let mut root = Root::new(host.clone(), config, 1, 1);
    root.tick();
    answer(&host, &mut root, 200, document(3, "all"));
    assert_eq!(host.said("in force"), 1, "the last good one");
    assert_eq!(
        request(&host, &mut root, "/", "198.51.100.7:1"),
        Action::Hold
    );
}
