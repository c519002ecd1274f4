use super::*;

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
    let held = request(&hosts[1], &mut roots[1], "/", "198.51.100.7:1");
    assert_eq!(held, Action::Hold);
    answer(&hosts[0], &mut roots[0], 200, document(3, "all"));
    assert!(
        hosts[0].next_woken().is_some(),
        "the one that serves is woken at once"
    );
    roots[1].woken(0);
    assert!(has_policy(&roots[1]));
    roots[2].tick();
    assert!(has_policy(&roots[2]));
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
        request(&other, &mut second, "/", "198.51.100.7:1"),
        Action::Answered,
        "the state is there at once"
    );
    let before = host.calls();
    for _ in 0..15 {
        host.pass(TICK);
        second.tick();
    }
    assert_eq!(host.calls(), before + 1);
    let header = |name: &str| host.polled_with(name);
    assert!(
        header("if-none-match").is_some(),
        "it goes on where the other was"
    );
    assert_eq!(header("prefer").unwrap(), "wait=10");
    assert_eq!(header("authorization").unwrap(), "Bearer t");
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
            request(&host, &mut root, "/", "198.51.100.7:1"),
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
fn memory_of_the_largest_vm_is_reported() {
    let host = Fake::new();
    let sibling = host.sibling();
    for (host, memory) in [(&host, 2), (&sibling, 1), (&host, 3), (&sibling, 2)] {
        host.own.borrow_mut().memory = memory;
        root(host, 1).tick();
    }
    assert_eq!(host.metric("intermission_vm_memory_bytes"), 3);
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
        request(&host, &mut refused, "/", "198.51.100.7:1"),
        Action::Answered
    );
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

#[test]
fn no_line_of_the_log_has_a_token_that_was_put_into_another_key() {
    let host = Fake::new();
    host.process.borrow_mut().not_sent = Some(NotSent::NoSuchCluster);
    let secret = "x".repeat(43);
    let json = format!(r#"{{ "cluster": "imo_{secret}", "path": "/state" }}"#);
    let config = Config::parse(json.as_bytes(), |_| None).unwrap();
    Root::new(host.clone(), config, 1, 1).tick();
    assert_eq!(host.said("cluster \"imo_…\": it is not there yet"), 1);
    assert_eq!(host.said(&secret), 0);
}

#[test]
fn a_document_is_compiled_before_other_vms_see_it() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    root.tick();
    tell(&host, &mut root, 3, "all");
    let own = host.own.borrow();
    let (_, logged) = own
        .written
        .iter()
        .find(|(key, _)| key.ends_with(" state"))
        .unwrap();
    let in_force = own
        .log
        .iter()
        .position(|(_, line)| line.contains("in force"));
    assert!(in_force.is_some_and(|place| place < *logged));
}

#[test]
fn a_document_that_cannot_be_enforced_closes_every_vm_until_another_can() {
    let first = Fake::new();
    let other = first.sibling();
    let (mut polling, mut serving) = (root(&first, 1), root(&other, 2));
    polling.tick();
    answer(&first, &mut polling, 200, document(3, "off"));
    let serve = |serving: &mut Root<Fake>| {
        serving.tick();
        request(&other, serving, "/", "198.51.100.7:1")
    };
    assert_eq!(serve(&mut serving), Action::Continue);
    let unenforceable = String::from_utf8(document(4, "all")).unwrap();
    let unenforceable = unenforceable.replacen('{', "{\"critical\": [\"countries\"], ", 1);
    answer(&first, &mut polling, 200, unenforceable.into_bytes());
    assert_eq!(serve(&mut serving), Action::Answered);
    assert_eq!(
        first.said("the document cannot be enforced, so the service is closed"),
        1
    );
    answer(&first, &mut polling, 200, document(5, "off"));
    assert_eq!(serve(&mut serving), Action::Continue);
}

#[test]
fn a_vm_with_an_older_filter_closes_on_what_a_newer_one_has_put_in_force() {
    let host = Fake::new();
    let mut older = root(&host, 1);
    older.tick();
    answer(&host, &mut older, 200, document(3, "off"));
    assert_eq!(
        request(&host, &mut older, "/", "198.51.100.7:1"),
        Action::Continue
    );
    let unenforceable = String::from_utf8(document(4, "all")).unwrap();
    let unenforceable = unenforceable.replacen('{', "{\"critical\": [\"countries\"], ", 1);
    let key = |end: &str| {
        let mut keys = host.shared_keys().into_iter();
        keys.find(|key| key.ends_with(end)).unwrap()
    };
    let value = [b"\"4\"\n", unenforceable.as_bytes()].concat();
    host.share(&key(" state"), &value, None).unwrap();
    host.share(&key(" mark"), b"7", None).unwrap();
    older.tick();
    assert_eq!(
        request(&host, &mut older, "/", "198.51.100.7:1"),
        Action::Answered
    );
}
