use super::*;

/// Two VMs, of which the first polls, with this revision in force; both serve requests.
fn two(revision: u64, mode: &str) -> ([Fake; 2], [Root<Fake>; 2]) {
    let host = Fake::new();
    let hosts = [host.clone(), host.sibling()];
    let mut roots = [root(&hosts[0], 1), root(&hosts[1], 2)];
    roots.iter_mut().for_each(Root::tick);
    tell(&hosts[0], &mut roots[0], revision, mode);
    for (host, root) in hosts.iter().zip(&mut roots) {
        root.woken(0);
        request(host, root, "/healthz", "198.51.100.7:1");
        root.plugin().forget(9);
    }
    hold(&hosts[0], &mut roots[0]);
    assert_eq!(reported(&host, "silent"), None);
    (hosts, roots)
}

/// The names of the slots.
const FIRST: &str = "0000000000000001";
const SECOND: &str = "0000000000000002";

#[test]
fn a_state_is_applied_when_every_vm_that_serves_has_it() {
    let ([host, _], [mut polling, mut serving]) = two(3, "off");
    let before = host.calls();
    tell(&host, &mut polling, 4, "all");
    assert_eq!(host.calls(), before, "the other is given time to take it");
    host.pass(TICK);
    polling.tick();
    assert_eq!(host.calls(), before);
    host.pass(TICK);
    polling.tick();
    assert_eq!(host.calls(), before + 1, "but the wait has an end");
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/3\"");
    assert_eq!(host.polled_with("if-none-match").unwrap(), "\"S/4\"");
    serving.tick();
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/4\"");
}

#[test]
fn the_poll_goes_as_soon_as_the_last_vm_has_taken_the_news() {
    let ([host, _], [mut polling, mut serving]) = two(3, "off");
    let before = host.calls();
    tell(&host, &mut polling, 4, "all");
    while host.next_woken().is_some() {}
    serving.woken(0);
    let writer = host.next_woken().expect("it wakes the one that polls");
    polling.woken(writer);
    assert_eq!(host.calls(), before + 1);
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/4\"");
}

#[test]
fn news_that_follow_at_once_wake_the_others_as_well() {
    let ([host, _], [mut polling, mut serving]) = two(3, "off");
    for revision in [4, 5, 6] {
        while host.next_woken().is_some() {}
        tell(&host, &mut polling, revision, "all");
        let queue = host.next_woken().expect("the other is woken");
        serving.woken(queue);
        polling.woken(0);
        let tag = format!("\"S/{revision}\"");
        assert_eq!(reported(&host, "applied").unwrap(), tag);
    }
}

#[test]
fn a_vm_that_serves_nothing_is_not_waited_for() {
    let host = Fake::new();
    let mut polling = root(&host, 1);
    let _idle = root(&host.sibling(), 2);
    polling.tick();
    tell(&host, &mut polling, 3, "all");
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/3\"");
    request(&host, &mut polling, "/", "198.51.100.7:1");
    tell(&host, &mut polling, 4, "all");
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/4\"");
}

#[test]
fn the_first_request_makes_the_slot_before_it_is_decided_by_the_latest_news() {
    let host = Fake::new();
    let mut polling = root(&host, 1);
    polling.tick();
    tell(&host, &mut polling, 3, "off");
    let other = host.sibling();
    let mut serving = root(&other, 2);
    tell(&host, &mut polling, 4, "all");
    other.own.borrow_mut().keys.clear();
    assert_eq!(
        request(&other, &mut serving, "/", "198.51.100.7:1"),
        Action::Answered
    );
    let own = other.own.borrow();
    assert_eq!(
        own.answered[0].0, 9,
        "the answer is for the request, not for the root context"
    );
    let place = |end: &str| own.keys.iter().rposition(|key| key.ends_with(end)).unwrap();
    assert!(place(" slots") < place(" mark"));
}

#[test]
fn a_slot_that_has_not_spoken_for_three_seconds_is_silent_until_it_speaks() {
    let ([host, other], [mut polling, mut serving]) = two(3, "off");
    admit(&other, &mut serving, 7, "/", "198.51.100.7:1");
    tell(&host, &mut polling, 4, "all");
    serving.tick();
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "running").unwrap(), "1");
    for _ in 0..13 {
        host.pass(TICK);
        polling.tick();
    }
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "silent"), None);
    assert_eq!(reported(&host, "running").unwrap(), "1");
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "silent").unwrap(), format!("\"{SECOND}\""));
    assert_eq!(reported(&host, "running").unwrap(), "0");
    tell(&host, &mut polling, 5, "all");
    assert_eq!(
        reported(&host, "applied").unwrap(),
        "\"S/5\"",
        "a silent one is not waited for"
    );
    serving.tick();
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "silent"), None);
    assert_eq!(reported(&host, "running").unwrap(), "1");
}

#[test]
fn what_a_vm_that_died_held_stays_unknown() {
    let ([host, other], [mut polling, serving]) = two(3, "off");
    // As Envoy does, without a word.
    drop(serving);
    let mut anew = root(&other, 3);
    admit(&other, &mut anew, 7, "/", "198.51.100.7:1");
    for _ in 0..100 {
        host.pass(TICK);
        polling.tick();
        anew.tick();
    }
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "silent").unwrap(), format!("\"{SECOND}\""));
    // Another that polls knows it, too.
    drop(polling);
    host.pass(Duration::from_secs(3));
    anew.tick();
    hold(&other, &mut anew);
    assert_eq!(
        reported(&host, "silent").unwrap(),
        format!("\"{FIRST} {SECOND}\"")
    );
}

#[test]
fn a_clock_that_is_set_silences_no_thread_for_longer_than_a_beat() {
    for hour in [Duration::from_secs(3600), Duration::ZERO] {
        let ([host, _], [mut polling, mut serving]) = two(3, "off");
        {
            let mut process = host.process.borrow_mut();
            process.now += hour;
            process.now -= Duration::from_secs(3600) - hour;
        }
        for _ in 0..3 {
            host.pass(TICK);
            polling.tick();
            serving.tick();
        }
        hold(&host, &mut polling);
        assert_eq!(reported(&host, "silent"), None);
        drop(serving);
        for _ in 0..16 {
            host.pass(TICK);
            polling.tick();
        }
        hold(&host, &mut polling);
        assert!(reported(&host, "silent").is_some());
    }
}

#[test]
fn who_spoke_in_what_is_the_future_now_is_silent() {
    let ([host, _], [mut polling, serving]) = two(3, "off");
    drop(serving);
    host.process.borrow_mut().now -= Duration::from_secs(3600);
    for _ in 0..3 {
        host.pass(TICK);
        polling.tick();
    }
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "silent").unwrap(), format!("\"{SECOND}\""));
}

#[test]
fn a_vm_that_goes_with_nothing_running_takes_its_slot_away() {
    let ([host, other], [mut polling, mut serving]) = two(3, "off");
    serving.plugin().leave();
    tell(&host, &mut polling, 4, "off");
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/4\"");
    host.pass(Duration::from_secs(4));
    polling.tick();
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "silent"), None);

    // But not while a request runs.
    admit(&other, &mut serving, 7, "/", "198.51.100.7:1");
    serving.plugin().leave();
    host.pass(Duration::from_secs(4));
    polling.tick();
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "silent").unwrap(), format!("\"{SECOND}\""));
}

#[test]
fn a_slot_says_the_same_at_most_twice_a_second() {
    let ([host, other], [_polling, mut serving]) = two(3, "off");
    other.own.borrow_mut().keys.clear();
    for _ in 0..50 {
        host.pass(TICK);
        serving.tick();
    }
    let own = other.own.borrow();
    let said = own.keys.iter().filter(|key| key.ends_with(SECOND)).count();
    assert!((10..=20).contains(&said), "{said} times in 10 s");
}

#[test]
fn of_two_documents_of_one_revision_the_one_is_applied_that_is_not_everywhere() {
    let ([host, _], [mut polling, mut serving]) = two(3, "off");
    // Whichever of them comes first.
    polling.plugin().leave();
    request(&host, &mut polling, "/", "198.51.100.7:1");
    tell_document(&host, &mut polling, 33, document(3, "off"));
    host.pass(TICK * 2);
    polling.tick();
    hold(&host, &mut polling);
    assert_eq!(host.polled_with("if-none-match").unwrap(), "\"S/33\"");
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/3\"");
    serving.tick();
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/33\"");
}

#[test]
fn what_is_provisional_is_not_applied() {
    let host = Fake::new();
    let mut polling = configured(&host, r#""start_wait": 0, "default": "all""#);
    polling.tick();
    let other = host.sibling();
    let mut serving = configured(&other, r#""start_wait": 0, "default": "all""#);
    serving.tick();
    request(&other, &mut serving, "/", "198.51.100.7:1");
    tell(&host, &mut polling, 3, "all");
    host.pass(TICK * 2);
    polling.tick();
    assert_eq!(reported(&host, "applied"), None);
    serving.tick();
    hold(&host, &mut polling);
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/3\"");
}

#[test]
fn a_report_names_no_more_silent_slots_than_fit() {
    let host = Fake::new();
    let mut polling = root(&host, 1);
    polling.tick();
    tell(&host, &mut polling, 3, "all");
    for identity in 2..100 {
        let sibling = host.sibling();
        let mut dying = root(&sibling, identity);
        request(&sibling, &mut dying, "/", "198.51.100.7:1");
    }
    host.pass(Duration::from_secs(4));
    polling.tick();
    hold(&host, &mut polling);
    let silent = reported(&host, "silent").unwrap();
    let names: Vec<_> = silent.trim_matches('"').split(' ').collect();
    assert_eq!(names.len(), 17, "{silent}");
    // The last stands for all others, and for no others.
    assert!(names[16].starts_with("more-82-"), "{silent}");
    let sibling = host.sibling();
    request(&sibling, &mut root(&sibling, 100), "/", "198.51.100.7:1");
    host.pass(Duration::from_secs(4));
    polling.tick();
    hold(&host, &mut polling);
    let later = reported(&host, "silent").unwrap();
    assert!(later.contains(" more-83-"), "{later}");
}

#[test]
fn only_a_vm_that_serves_and_speaks_is_woken() {
    let ([host, _], [mut polling, _serving]) = two(3, "off");
    let _idle = root(&host.sibling(), 3);
    while host.next_woken().is_some() {}
    tell(&host, &mut polling, 4, "all");
    assert!(host.next_woken().is_some());
    assert_eq!(host.next_woken(), None);
    // The number of its root context may be that of a request by now.
    host.pass(Duration::from_secs(4));
    polling.tick();
    tell(&host, &mut polling, 5, "all");
    assert_eq!(host.next_woken(), None);
}
