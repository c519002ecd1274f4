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
    upload_as(host, root, 9, protocol, header)
}

fn upload_as(
    host: &Fake,
    root: &mut Root<Fake>,
    context: u32,
    protocol: &str,
    header: &str,
) -> Action {
    see(host, "/upload", "198.51.100.7:1");
    {
        let mut own = host.own.borrow_mut();
        own.headers.push((header.into(), b"x".to_vec()));
        own.properties
            .insert("request\0protocol".into(), protocol.into());
        own.effective = context;
    }
    root.request(context, Rest::Body)
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

#[test]
fn an_upload_that_drips_is_answered_after_ten_seconds() {
    let host = Fake::new();
    let mut root = reading(&host);
    upload(&host, &mut root, "HTTP/1.1", "accept");
    let mut waited = Duration::ZERO;
    while answers(&host) == 0 && waited < Duration::from_secs(60) {
        host.pass(TICK);
        waited += TICK;
        root.tick();
        root.plugin().body(9, 1, false);
    }
    assert_eq!(waited, Duration::from_secs(10));
}

#[test]
fn beside_many_uploads_one_more_is_answered_at_once() {
    let host = Fake::new();
    let mut root = reading(&host);
    for context in 100..228 {
        let action = upload_as(&host, &mut root, context, "HTTP/1.1", "accept");
        assert_eq!(action, Action::Read, "{context}");
    }
    assert_eq!(
        upload(&host, &mut root, "HTTP/1.1", "accept"),
        Action::Answered
    );
    root.plugin().forget(100);
    assert_eq!(upload(&host, &mut root, "HTTP/1.1", "accept"), Action::Read);
}

#[test]
fn the_answer_is_the_same_after_the_body() {
    let (at_once, later) = (Fake::new(), Fake::new());
    for (host, rest) in [(&at_once, Rest::Nothing), (&later, Rest::Body)] {
        let mut root = reading(host);
        see(host, "/api/orders", "198.51.100.7:1");
        {
            let mut own = host.own.borrow_mut();
            let headers = [
                ("accept-language", "ja"),
                ("origin", "https://shop.example"),
                ("cookie", "session=1"),
            ];
            let headers = headers.map(|(name, value)| (name.into(), value.into()));
            own.headers.extend(headers);
            own.properties
                .insert("request\0protocol".into(), "HTTP/1.1".into());
            own.effective = 9;
        }
        root.request(9, rest);
        // By then Envoy has other headers at hand.
        see(host, "/", "198.51.100.7:1");
        root.plugin().body(9, 0, true);
    }
    assert_eq!(at_once.own.borrow().answered, later.own.borrow().answered);
}
