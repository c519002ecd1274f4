//! When a member has the revision in force and has drained.

use intermission_core::Running;

use super::*;

#[test]
fn it_ends_when_the_last_has_it_in_force_and_has_drained() {
    let mut setting = waiting()
        .with(report("a"), Position::At(17))
        .with(report("b"), Position::At(16));
    let progress = setting.after(1);
    assert_eq!((progress.ending, progress.nodes), (None, 2));
    assert_eq!((progress.in_force, progress.drained), (1, 1));
    assert_eq!(progress.missing[0].standing, Standing::Behind);

    let old = Report {
        seq: 2,
        running: running(3, Some(16)),
        ..report("b")
    };
    setting.members[1].report(
        LastReport::new(old, Position::At(18), Version(1), Now::read()),
        "nodes",
    );
    let progress = setting.after(1);
    assert_eq!((progress.ending, progress.running), (None, 3));
    assert_eq!(progress.missing[0].standing, Standing::Running);

    let drained = Report {
        seq: 3,
        ..report("b")
    };
    setting.members[1].report(
        LastReport::new(drained, Position::At(18), Version(1), Now::read()),
        "nodes",
    );
    assert_eq!(setting.after(1).ending, Some(Ending::Done));
}

#[test]
fn what_was_admitted_under_the_revision_itself_does_not_count() {
    let tester = Report {
        seq: 2,
        running: running(1, Some(17)),
        ..report("a")
    };
    let mut setting = waiting().with(report("a"), Position::At(17));
    let heard = LastReport::new(tester, Position::At(18), Version(1), Now::read());
    setting.members[0].report(heard, "nodes");
    setting.ends(0, Ending::Done);
    let unknown = Report {
        running: running(1, None),
        ..report("a")
    };
    let mut setting = waiting().with(unknown, Position::At(18));
    assert_eq!(setting.after(0).ending, None);
}

#[test]
fn a_report_that_comes_late_changes_nothing() {
    let mut setting = waiting().with(
        Report {
            seq: 5,
            ..report("a")
        },
        Position::At(16),
    );
    let late = Report {
        seq: 4,
        ..report("a")
    };
    setting.members[0].report(
        LastReport::new(late, Position::At(17), Version(1), Now::read()),
        "nodes",
    );
    assert_eq!(setting.after(0).ending, None);
}

#[test]
fn silence_is_never_an_end() {
    // Three waits, and then as long as it takes to be sure of it.
    waiting()
        .with(report("a"), Position::At(16))
        .ends(31 + 5, Ending::Lost);
    let running = Report {
        running: running(1, Some(16)),
        ..report("a")
    };
    waiting()
        .with(running, Position::At(17))
        .ends(31 + 5, Ending::Lost);
    let mut one_speaks = waiting().with(report("a"), Position::At(16));
    one_speaks.after(31);
    one_speaks.members[0].expected = one_speaks.began;
    let heard = one_speaks.members[0].heard.as_mut().unwrap();
    heard.at += Duration::from_secs(33);
    assert_eq!(one_speaks.after(36).ending, None);
}

#[test]
fn one_that_was_never_heard_since_a_restart_is_waited_for_and_then_lost() {
    let mut setting = waiting().with(report("a"), Position::At(17));
    setting.members[0].heard = None;
    setting.members[0].expected = setting.began;
    assert_eq!(setting.after(1).missing[0].standing, Standing::Unheard);
    setting.ends(31 + 5, Ending::Lost);
}

#[test]
fn a_lease_that_has_ended_closes_but_does_not_drain() {
    let leased = Report {
        lease: Some(Duration::from_secs(20)),
        ..report("a")
    };
    let mut setting = waiting().with(leased, Position::At(16));
    assert!(!setting.after(30).missing[0].closed);
    let progress = setting.after(31);
    assert!(progress.missing[0].closed);
    assert_eq!(progress.missing[0].standing, Standing::Lost);
}

#[test]
fn upgraded_connections_are_passed_over_only_on_request() {
    let upgraded = Report {
        running: Running {
            upgraded: 1,
            ..running(0, Some(16))
        },
        ..report("a")
    };
    waiting()
        .with(upgraded.clone(), Position::At(17))
        .ends(5, Ending::Unsure);
    let ignoring = Wait {
        ignore_upgraded: true,
        ..Wait::default()
    };
    Setting::new(ignoring.clone())
        .with(upgraded.clone(), Position::At(17))
        .ends(0, Ending::Done);
    let both = Report {
        running: Running {
            upgraded: 1,
            ..running(1, Some(16))
        },
        ..upgraded
    };
    let mut setting = Setting::new(ignoring).with(both, Position::At(17));
    assert_eq!(setting.after(6).ending, None);
}

#[test]
fn a_later_change_that_may_admit_more_ends_it() {
    let mut setting = waiting().with(report("a"), Position::At(16));
    setting.barrier.note_later(&state(18, Mode::All));
    assert_eq!(setting.after(1).ending, None);
    setting.barrier.note_later(&state(19, Mode::Off));
    setting.barrier.note_later(&state(20, Mode::All));
    let progress = setting.after(1);
    assert_eq!(progress.ending, Some(Ending::Superseded));
    assert_eq!(progress.superseded_by, Some(19));
}

#[test]
fn a_node_that_had_drained_has_to_report_again_after_the_wait_began() {
    let mut setting = begun_later(Wait::default(), &["a"]);
    let progress = setting.after(5);
    assert_eq!(progress.ending, None);
    assert_eq!(progress.missing[0].standing, Standing::Behind);
    report_again(&mut setting, 0, 6);
    assert_eq!(setting.after(6).ending, Some(Ending::Done));
}

#[test]
fn requests_that_a_state_of_a_lost_history_has_admitted_are_old() {
    let mut setting = waiting().with(report("a"), Position::Forked);
    // The node has gone on to a state of this history, whose revision is not greater than that of the lost one.
    let mut hear = |seq, requests| {
        let again = Report {
            seq,
            running: running(requests, Some(17)),
            ..report("a")
        };
        let heard = LastReport::new(again, Position::At(17), Version(1), Now::read());
        setting.members[0].report(heard, "nodes");
        setting.after(1)
    };
    assert_eq!(hear(2, 1).missing[0].standing, Standing::Running);
    assert_eq!(hear(3, 1).ending, None);
    assert_eq!(hear(4, 0).ending, Some(Ending::Done));
    // What this history admits counts by its revision again.
    assert_eq!(hear(5, 1).ending, Some(Ending::Done));
}

/// Control may have started again after a fork was reported.
#[test]
fn requests_of_a_member_that_was_not_seen_idle_are_old() {
    let first = |running, silent: &[&str], position| {
        let silent = silent.iter().map(|name| (*name).to_owned()).collect();
        let first = Report {
            running,
            silent,
            ..report("a")
        };
        let mut setting = waiting().with(first, position);
        let second = Report {
            seq: 2,
            running: self::running(1, Some(17)),
            ..report("a")
        };
        let heard = LastReport::new(second, Position::At(17), Version(1), Now::read());
        setting.members[0].report(heard, "nodes");
        setting.after(1).ending
    };
    let (idle, busy) = (Running::default(), running(1, Some(17)));
    assert_eq!(first(busy, &[], Position::At(17)), None);
    // Its state may be a saved copy of another history.
    assert_eq!(first(idle, &[], Position::Before), None);
    // The silent thread may have had such requests.
    assert_eq!(first(idle, &["t1"], Position::At(17)), None);
    assert_eq!(first(idle, &[], Position::At(17)), Some(Ending::Done));
}

#[test]
fn a_fork_known_by_history_leaves_old_requests() {
    let mut setting = waiting().with(report("a"), Position::At(16));
    let mut hear = |seq, requests, position| {
        let again = Report {
            seq,
            applied: Some("S/16/00".into()).filter(|_| seq == 2),
            running: running(requests, Some(17)),
            ..report("a")
        };
        let mut heard = LastReport::new(again, position, Version(1), Now::read());
        setting.members[0].report(heard.clone(), "nodes");
        heard.position = Position::Forked;
        if position == Position::Unproven {
            setting.members[0].place(&heard);
        }
        setting.after(1).ending
    };
    assert_eq!(hear(2, 0, Position::Unproven), None);
    assert_eq!(hear(3, 1, Position::At(17)), None);
    assert_eq!(hear(4, 0, Position::At(17)), Some(Ending::Done));
}
