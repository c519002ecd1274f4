use super::*;

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
    let open = |polling: &mut Root<Fake>, other: &mut Root<Fake>| {
        let actions = [
            request(&host, polling, "/", "203.0.113.9:1"),
            request(&sibling, other, "/", "203.0.113.9:1"),
        ];
        assert_eq!(actions[0], actions[1]);
        actions[0] == Action::Continue
    };
    pass(Duration::from_secs(5), &mut polling, &mut other);
    assert!(open(&mut polling, &mut other));
    pass(Duration::from_secs(2), &mut polling, &mut other);
    assert!(!open(&mut polling, &mut other));
    assert_eq!(host.said("the lease has ended"), 1);

    // So is a VM that is made anew meanwhile.
    let newest = host.sibling();
    let mut new = configured(&newest, r#""lease": 6"#);
    assert_eq!(
        request(&newest, &mut new, "/", "203.0.113.9:1"),
        Action::Answered
    );

    // It tells of when the poll was sent, which is too long ago.
    answer(&host, &mut polling, 304, Vec::new());
    pass(TICK, &mut polling, &mut other);
    assert!(!open(&mut polling, &mut other));
    pass(Duration::from_secs(3), &mut polling, &mut other);
    answer(&host, &mut polling, 304, Vec::new());
    pass(TICK, &mut polling, &mut other);
    assert!(open(&mut polling, &mut other));
    assert_eq!(sibling.said("the lease is renewed"), 1);
}

#[test]
fn without_a_lease_a_state_stays_in_force_however_old() {
    let host = Fake::new();
    let mut root = in_maintenance(&host);
    host.pass(Duration::from_secs(1_000_000));
    root.tick();
    assert_eq!(
        request(&host, &mut root, "/", "198.51.100.7:1"),
        Action::Answered
    );
    assert_eq!(host.said("lease"), 0);
}

/// A VM that serves, and has heard just now, with a lease of 6 seconds.
fn leased(host: &Fake) -> Root<Fake> {
    let mut root = configured(host, r#""lease": 6"#);
    root.tick();
    answer(host, &mut root, 200, document(3, "off"));
    // After news it asks again at once.
    answer(host, &mut root, 304, Vec::new());
    let action = request(host, &mut root, "/", "203.0.113.9:1");
    assert_eq!(action, Action::Continue);
    root
}

/// A tick passes, and if a poll is sent it is answered.
fn poll_and_hear(host: &Fake, root: &mut Root<Fake>) {
    let sent = host.calls();
    host.pass(TICK);
    root.tick();
    if host.calls() > sent {
        answer(host, root, 304, Vec::new());
    }
}

#[test]
fn the_first_request_after_a_standstill_finds_the_lease_ended() {
    for sleeps in [false, true] {
        let host = Fake::new();
        let mut root = leased(&host);
        let standstill = Duration::from_secs(12);
        if sleeps {
            host.sleep(standstill);
        } else {
            host.pass(standstill);
        }
        // No tick comes before it.
        let action = request(&host, &mut root, "/", "203.0.113.9:1");
        assert_eq!(action, Action::Answered, "sleeps: {sleeps}");
        assert_eq!(host.own.borrow().answered.last().unwrap().0, 9);
        for _ in 0..30 {
            poll_and_hear(&host, &mut root);
        }
        let action = request(&host, &mut root, "/", "203.0.113.9:1");
        assert_eq!(action, Action::Continue, "sleeps: {sleeps}");
    }
}

#[test]
fn a_lease_that_another_vm_has_renewed_has_not_ended() {
    let host = Fake::new();
    let mut polling = leased(&host);
    let sibling = host.sibling();
    let mut other = configured(&sibling, r#""lease": 6"#);
    other.tick();
    request(&sibling, &mut other, "/", "203.0.113.9:1");
    for _ in 0..60 {
        poll_and_hear(&host, &mut polling);
        other.tick();
    }
    let action = request(&sibling, &mut other, "/", "203.0.113.9:1");
    assert_eq!(action, Action::Continue);
    assert_eq!(sibling.said("lease"), 0);
}
