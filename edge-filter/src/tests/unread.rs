use super::*;

/// A VM that reads the bodies of what it refuses, and refuses.
fn reading(host: &Fake) -> Root<Fake> {
    let mut root = configured(host, r#""read_bodies": true"#);
    root.tick();
    answer(host, &mut root, 200, document(3, "all"));
    root
}

/// A visitor sends a body over this protocol, with one more header.
fn upload(host: &Fake, root: &mut Root<Fake>, protocol: &str, header: &str) -> Action {
    see(host, "/upload", "198.51.100.7:1");
    {
        let mut own = host.own.borrow_mut();
        own.headers.push((header.into(), b"x".to_vec()));
        own.properties
            .insert("request.protocol".into(), protocol.into());
        own.effective = 9;
    }
    root.request(9, Rest::Body)
}

fn answers(host: &Fake) -> usize {
    host.own.borrow().answered.len()
}

#[test]
fn a_refused_upload_is_answered_when_all_of_it_has_come() {
    let host = Fake::new();
    let mut root = reading(&host);
    let action = upload(&host, &mut root, "HTTP/1.1", "accept");
    assert_eq!((action, answers(&host)), (Action::Read, 0));
    let plugin = root.plugin();
    assert!(!plugin.body(9, 1 << 20, false));
    assert_eq!(answers(&host), 0);
    assert!(!plugin.body(9, 0, true));
    {
        let own = host.own.borrow();
        assert_eq!((own.answered[0].0, own.answered[0].1.0), (9, 503));
    }
    assert!(!plugin.body(9, 1, true), "nothing of it ever goes on");
}

#[test]
fn an_upload_without_an_end_is_answered_all_the_same() {
    let host = Fake::new();
    let mut root = reading(&host);
    upload(&host, &mut root, "HTTP/1.1", "accept");
    let plugin = root.plugin();
    for megabyte in 0..=32 {
        assert_eq!(answers(&host), 0, "{megabyte} MiB");
        plugin.body(9, 1 << 20, false);
    }
    assert_eq!(answers(&host), 1);
}

#[test]
fn an_upload_that_stops_is_answered_after_a_second() {
    let host = Fake::new();
    let mut root = reading(&host);
    upload(&host, &mut root, "HTTP/1.1", "accept");
    for _ in 0..4 {
        host.pass(TICK);
        root.tick();
        root.plugin().body(9, 1000, false);
    }
    assert_eq!(answers(&host), 0);
    for _ in 0..5 {
        host.pass(TICK);
        root.tick();
    }
    assert_eq!(answers(&host), 1);
    assert_eq!(host.own.borrow().answered[0].0, 9);
    assert_eq!(host.own.borrow().effective, 1, "the root acts for itself");

    upload(&host, &mut root, "HTTP/1.1", "accept");
    root.plugin().forget(9);
    host.pass(TICK * 6);
    root.tick();
    assert_eq!(answers(&host), 1, "who has gone gets no answer");
}

#[test]
fn a_body_is_read_only_where_its_client_would_not_get_the_answer_else() {
    let host = Fake::new();
    let mut root = reading(&host);
    for (protocol, header) in [("HTTP/2", "accept"), ("HTTP/1.1", "expect")] {
        let action = upload(&host, &mut root, protocol, header);
        assert_eq!(action, Action::Answered, "{protocol} {header}");
    }
    let mut root = in_maintenance(&host);
    let action = upload(&host, &mut root, "HTTP/1.1", "accept");
    assert_eq!(action, Action::Answered, "unless it is configured");
}

#[test]
fn a_request_that_has_waited_is_answered_without_its_body() {
    let host = Fake::new();
    let mut root = configured(&host, r#""read_bodies": true"#);
    root.tick();
    let action = upload(&host, &mut root, "HTTP/1.1", "accept");
    assert_eq!((action, answers(&host)), (Action::Hold, 0));
    answer(&host, &mut root, 200, document(3, "all"));
    assert_eq!(answers(&host), 1);
}

#[test]
fn the_body_of_an_admitted_request_goes_on() {
    let host = Fake::new();
    let mut root = configured(&host, r#""read_bodies": true"#);
    root.tick();
    answer(&host, &mut root, 200, document(3, "off"));
    let action = upload(&host, &mut root, "HTTP/1.1", "accept");
    assert_eq!(action, Action::Continue);
    assert!(root.plugin().body(9, 1000, true));
}
