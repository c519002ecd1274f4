use super::*;

const TESTER: &str = "203.0.113.9:1";
const VISITOR: &str = "198.51.100.7:1";

/// A VM that polls and serves.
fn serving(revision: u64, mode: &str) -> (Fake, Root<Fake>) {
    let host = Fake::new();
    let mut root = root(&host, 1);
    root.tick();
    tell(&host, &mut root, revision, mode);
    (host, root)
}

/// How many run by the last report, and the oldest of them.
fn running(host: &Fake) -> (String, Option<String>) {
    (reported(host, "running").unwrap(), reported(host, "oldest"))
}

fn nothing() -> (String, Option<String>) {
    ("0".into(), None)
}

fn requests(count: u64, oldest: u64) -> (String, Option<String>) {
    (count.to_string(), Some(oldest.to_string()))
}

#[test]
fn what_began_before_the_maintenance_counts_until_it_ends() {
    let (host, mut root) = serving(3, "off");
    admit(&host, &mut root, 7, "/", VISITOR);
    tell(&host, &mut root, 4, "off");
    admit(&host, &mut root, 8, "/", VISITOR);
    assert_eq!(running(&host), nothing());
    tell(&host, &mut root, 5, "all");
    assert_eq!(running(&host), requests(2, 3));
    // Without a tick in between: the next poll reports the end of a request.
    root.plugin().forget(7);
    hold(&host, &mut root);
    assert_eq!(running(&host), requests(1, 4));
    root.plugin().forget(8);
    hold(&host, &mut root);
    assert_eq!(running(&host), nothing());
}

#[test]
fn an_exit_drains_at_once_and_another_beginning_counts_anew() {
    let (host, mut root) = serving(3, "off");
    admit(&host, &mut root, 7, "/", VISITOR);
    tell(&host, &mut root, 4, "all");
    tell(&host, &mut root, 5, "off");
    assert_eq!(running(&host), nothing());
    admit(&host, &mut root, 8, "/", VISITOR);
    tell(&host, &mut root, 6, "all");
    assert_eq!(running(&host), requests(2, 3));
}

#[test]
fn only_what_the_state_in_force_might_refuse_counts() {
    let (host, mut root) = serving(3, "all");
    admit(&host, &mut root, 6, "/healthz", VISITOR);
    admit(&host, &mut root, 7, "/", TESTER);
    tell(&host, &mut root, 4, "all");
    assert_eq!(running(&host), nothing());
    let disabled = String::from_utf8(document(5, "all")).unwrap();
    let disabled = disabled.replace("\"enabled\": true", "\"enabled\": false");
    tell_document(&host, &mut root, 5, disabled.into_bytes());
    assert_eq!(running(&host), requests(1, 3), "the tester counts now");
    tell(&host, &mut root, 6, "all");
    assert_eq!(running(&host), nothing(), "and is a tester again");
}

#[test]
fn exempt_requests_outlast_the_mode_that_let_them_read() {
    let (host, mut root) = serving(3, "writes");
    admit(&host, &mut root, 6, "/healthz", VISITOR);
    admit(&host, &mut root, 7, "/", VISITOR);
    tell(&host, &mut root, 4, "all");
    assert_eq!(running(&host), requests(1, 3));
}

#[test]
fn testers_are_judged_by_the_allowlist_that_admitted_them() {
    let (host, mut root) = serving(3, "all");
    admit(&host, &mut root, 7, "/", TESTER);
    let more = String::from_utf8(document(4, "all")).unwrap();
    let more = more.replace("[\"203", "[\"198.51.100.0/24\", \"203");
    tell_document(&host, &mut root, 4, more.into_bytes());
    admit(&host, &mut root, 8, "/", VISITOR);
    assert_eq!(running(&host), nothing());
    tell(&host, &mut root, 5, "all");
    assert_eq!(running(&host), requests(1, 4));
}

#[test]
fn while_open_nothing_is_looked_at_so_that_an_exempt_request_counts_too() {
    let (host, mut root) = serving(3, "off");
    admit(&host, &mut root, 7, "/healthz", VISITOR);
    tell(&host, &mut root, 4, "all");
    assert_eq!(running(&host), requests(1, 3));
}

#[test]
fn in_a_mode_for_writes_only_what_reads_does_not_count() {
    let (host, mut root) = serving(3, "writes");
    admit(&host, &mut root, 7, "/", VISITOR);
    tell(&host, &mut root, 4, "writes");
    assert_eq!(running(&host), nothing());
    tell(&host, &mut root, 5, "all");
    assert_eq!(running(&host), requests(1, 3));
}

#[test]
fn what_another_store_admitted_is_older_than_every_revision() {
    let (host, mut root) = serving(3, "off");
    admit(&host, &mut root, 7, "/", VISITOR);
    let other = String::from_utf8(document(1, "all")).unwrap();
    let other = other.replace("\"store\": \"S\"", "\"store\": \"T\"");
    tell_document(&host, &mut root, 1, other.into_bytes());
    assert_eq!(running(&host), requests(1, 0));
}

#[test]
fn a_request_that_waits_is_not_admitted_yet() {
    let host = Fake::new();
    let mut root = root(&host, 1);
    request(&host, &mut root, "/", VISITOR);
    root.tick();
    tell(&host, &mut root, 3, "all");
    tell(&host, &mut root, 4, "all");
    assert_eq!(running(&host), nothing(), "it was refused");

    let host = Fake::new();
    let mut root = super::root(&host, 1);
    request(&host, &mut root, "/", VISITOR);
    root.tick();
    tell(&host, &mut root, 3, "off");
    tell(&host, &mut root, 4, "all");
    assert_eq!(running(&host), requests(1, 3), "it was admitted by 3");
}

#[test]
fn a_service_that_is_closed_without_an_answer_judges_by_that() {
    let host = Fake::new();
    let mut root = configured(&host, r#""lease": 6"#);
    root.tick();
    tell(&host, &mut root, 3, "off");
    admit(&host, &mut root, 7, "/", VISITOR);
    for _ in 0..31 {
        host.pass(TICK);
        root.tick();
    }
    assert_eq!(host.said("the lease has ended"), 1);
    // No answer, so that it is asked again.
    root.unanswered();
    host.pass(Duration::from_secs(2));
    root.tick();
    assert_eq!(running(&host), requests(1, 3));
    assert_eq!(reported(&host, "applied").unwrap(), "\"S/3\"");
    hold(&host, &mut root);
    assert_eq!(host.said("the lease is renewed"), 1);
    assert_eq!(running(&host), nothing());
}

#[test]
fn requests_of_all_vms_are_reported_together() {
    let host = Fake::new();
    let hosts = [host.clone(), host.sibling()];
    let mut roots = [root(&hosts[0], 1), root(&hosts[1], 2)];
    roots.iter_mut().for_each(Root::tick);
    for (revision, index) in [(3, 1), (4, 0)] {
        tell(&host, &mut roots[0], revision, "off");
        roots[1].tick();
        admit(&hosts[index], &mut roots[index], 7, "/", VISITOR);
    }
    tell(&host, &mut roots[0], 5, "all");
    roots[1].tick();
    hold(&host, &mut roots[0]);
    assert_eq!(running(&host), requests(2, 3));
}

#[test]
fn to_judge_what_runs_neither_answers_nor_counts_nor_asks_the_host() {
    let (host, mut root) = serving(3, "off");
    admit(&host, &mut root, 7, "/", "198.51.100.7:0");
    host.own.borrow_mut().headers.clear();
    tell(&host, &mut root, 4, "all");
    root.tick();
    assert_eq!(running(&host), requests(1, 3));
    assert!(host.own.borrow().answered.is_empty());
    assert_eq!(host.said("any client may forge"), 0);
    assert_eq!(host.metric("intermission_requests_refused_page_total"), 0);
}
