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
fn a_canary_vm_writes_nothing() {
    let host = Fake::new();
    drop(root(&host, 1));
    assert_eq!(host.calls(), 0);
    assert!(host.is_untouched());
}

#[test]
fn a_lease_that_ends_before_the_start_lets_nobody_in() {
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
