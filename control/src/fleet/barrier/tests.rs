use intermission_core::{Counts, Mode, ServiceName};

use super::*;
use crate::fleet::member::{LastReport, Position};
use crate::fleet::report::Report;
use crate::fleet::unstored::Node;
use crate::values::now::Now;
use crate::wire::node::MemberId;

const WAIT: Duration = Duration::from_secs(10);

/// A barrier for revision 17, and the time.
struct Setting {
    barrier: Barrier,
    began: Instant,
    members: Vec<Member>,
    unstored: Unstored,
}

fn state(revision: u64, mode: Mode) -> State {
    let mut state = State::initial(ServiceName::unknown(), mode);
    state.store = "S".into();
    state.revision = revision;
    state
}

fn report(name: &str) -> Report {
    Report {
        id: MemberId {
            name: name.into(),
            boot: "b".into(),
        },
        kind: "tower".into(),
        seq: 1,
        applied: None,
        requests: 0,
        upgraded: 0,
        oldest: None,
        silent: Vec::new(),
        wait: WAIT,
        format: 2,
        lease: None,
        error: None,
        counts: Counts::default(),
        probed: Vec::new(),
        leaving: false,
    }
}

impl Setting {
    fn new(wait: Wait) -> Self {
        Self {
            barrier: Barrier::new(
                "id".into(),
                state(17, Mode::All),
                wait,
                "operator".into(),
                Timestamp::UNIX_EPOCH,
                Instant::now(),
            ),
            began: Instant::now(),
            members: Vec::new(),
            unstored: Unstored::default(),
        }
    }

    /// With a member that has reported this at the beginning.
    fn with(mut self, report: Report, position: Position) -> Self {
        let heard = LastReport {
            at: self.began,
            time: Timestamp::UNIX_EPOCH,
            report,
            position,
        };
        self.members.push(Member::new(heard, "nodes"));
        self
    }

    /// Looks at it so long after the beginning.
    fn after(&mut self, seconds: u64) -> Progress {
        let elapsed = Duration::from_secs(seconds);
        let time = Timestamp::UNIX_EPOCH + jiff::SignedDuration::try_from(elapsed).unwrap();
        self.barrier.judge(
            self.members.iter(),
            Some(&self.unstored),
            Now {
                instant: self.began + elapsed,
                time,
            },
        )
    }

    #[track_caller]
    fn ends(mut self, seconds: u64, ending: Ending) {
        for before in 0..seconds {
            assert_eq!(self.after(before).ending, None, "after {before} s");
        }
        assert_eq!(self.after(seconds).ending, Some(ending));
    }
}

fn waiting() -> Setting {
    Setting::new(Wait::default())
}

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
        requests: 3,
        oldest: Some(16),
        ..report("b")
    };
    setting.members[1].report(LastReport::new(old, Position::At(18), Now::read()), "nodes");
    let progress = setting.after(1);
    assert_eq!((progress.ending, progress.running), (None, 3));
    assert_eq!(progress.missing[0].standing, Standing::Running);

    let drained = Report {
        seq: 3,
        ..report("b")
    };
    setting.members[1].report(
        LastReport::new(drained, Position::At(18), Now::read()),
        "nodes",
    );
    assert_eq!(setting.after(1).ending, Some(Ending::Done));
}

#[test]
fn what_was_admitted_under_the_revision_itself_does_not_count() {
    let tester = Report {
        requests: 1,
        oldest: Some(17),
        ..report("a")
    };
    waiting()
        .with(tester, Position::At(18))
        .ends(0, Ending::Done);
    let unknown = Report {
        requests: 1,
        oldest: None,
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
        LastReport::new(late, Position::At(17), Now::read()),
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
        requests: 1,
        oldest: Some(16),
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
fn a_node_that_refuses_the_document_is_named_so() {
    let refused = Report {
        error: Some("/critical: \"x\" is not known".into()),
        ..report("a")
    };
    waiting()
        .with(refused.clone(), Position::At(16))
        .ends(5, Ending::Refused);
    waiting()
        .with(refused, Position::At(17))
        .ends(0, Ending::Done);
}

#[test]
fn a_silent_thread_makes_unsure_until_an_operator_answers_for_it() {
    let silent = Report {
        silent: vec!["t1".into()],
        ..report("a")
    };
    waiting()
        .with(silent.clone(), Position::At(17))
        .ends(5, Ending::Unsure);
    let mut forgiven = waiting().with(silent, Position::At(17));
    forgiven.members[0].forgiven.insert("t1".into());
    forgiven.ends(0, Ending::Done);
}

#[test]
fn upgraded_connections_are_passed_over_only_on_request() {
    let upgraded = Report {
        upgraded: 1,
        oldest: Some(16),
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
        requests: 1,
        ..upgraded
    };
    let mut setting = Setting::new(ignoring).with(both, Position::At(17));
    assert_eq!(setting.after(6).ending, None);
}

#[test]
fn a_fork_hinders_more_than_all_others() {
    let refused = Report {
        error: Some("older".into()),
        ..report("b")
    };
    waiting()
        .with(report("a"), Position::Forked)
        .with(refused, Position::At(16))
        .with(report("c"), Position::At(17))
        .ends(5, Ending::Forked);
}

#[test]
fn stuck_nodes_end_a_wait_only_when_no_other_is_on_its_way() {
    waiting()
        .with(report("a"), Position::Forked)
        .with(
            Report {
                requests: 1,
                oldest: Some(1),
                wait: Duration::from_secs(600),
                ..report("b")
            },
            Position::At(17),
        )
        .ends(300, Ending::TimedOut);
}

#[test]
fn an_empty_fleet_is_no_fleet_that_has_drained() {
    waiting().ends(0, Ending::TooFew);
    let expecting = |expect| {
        Setting::new(Wait {
            expect: Some(expect),
            ..Wait::default()
        })
    };
    expecting(0).ends(0, Ending::Done);
    expecting(1).ends(300, Ending::TooFew);
    expecting(2)
        .with(
            Report {
                wait: Duration::from_secs(600),
                ..report("a")
            },
            Position::At(17),
        )
        .ends(300, Ending::TooFew);
    expecting(1)
        .with(report("a"), Position::At(17))
        .ends(0, Ending::Done);
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
fn what_hindered_a_node_before_it_began_hinders_nothing_until_it_says_so_again() {
    let refused = Report {
        error: Some("older".into()),
        ..report("a")
    };
    let mut setting = waiting().with(refused.clone(), Position::At(16));
    setting.barrier.since = setting.began + Duration::from_secs(1);
    assert_eq!(setting.after(20).ending, None);
    assert_eq!(setting.after(20).missing[0].standing, Standing::Behind);
    let again = Report { seq: 2, ..refused };
    let mut heard = LastReport::new(again, Position::At(16), Now::read());
    heard.at = setting.began + Duration::from_secs(20);
    setting.members[0].report(heard, "nodes");
    assert_eq!(setting.after(20).missing[0].standing, Standing::Refused);
    assert_eq!(setting.after(25).ending, Some(Ending::Refused));
}

#[test]
fn a_fork_of_before_that_is_not_heard_again_is_lost() {
    let mut setting = waiting().with(report("a"), Position::Forked);
    setting.barrier.since = setting.began + Duration::from_secs(1);
    assert_eq!(setting.after(30).missing[0].standing, Standing::Behind);
    setting.ends(31 + 5, Ending::Lost);
}

/// A wait that began so long after all members were heard last, which had drained then.
fn begun_after(seconds: u64, wait: Wait, names: &[&str]) -> Setting {
    let mut setting = Setting::new(wait);
    for name in names {
        setting = setting.with(report(name), Position::At(17));
    }
    setting.barrier.since = setting.began + Duration::from_secs(seconds);
    setting
}

/// A member is heard again, so long after the beginning.
fn report_again(setting: &mut Setting, member: usize, seconds: u64) {
    let again = Report {
        seq: 1000 + seconds,
        ..setting.members[member]
            .heard
            .as_ref()
            .unwrap()
            .report
            .clone()
    };
    let mut heard = LastReport::new(again, Position::At(17), Now::read());
    heard.at = setting.began + Duration::from_secs(seconds);
    setting.members[member].report(heard, "nodes");
}

fn expecting(expect: u64) -> Wait {
    Wait {
        expect: Some(expect),
        ..Wait::default()
    }
}

#[test]
fn the_dead_are_no_nodes() {
    // The only node had drained, and died: no node is there.
    let mut setting = begun_after(60, Wait::default(), &["a"]);
    let progress = setting.after(60);
    assert_eq!(progress.ending, Some(Ending::TooFew));
    assert_eq!(
        (progress.nodes, progress.in_force, progress.drained),
        (0, 0, 0)
    );
    assert_eq!(progress.lost[0].name, "a");
    assert!(progress.missing.is_empty());
    // Nodes that are expected may come until the time is up.
    let mut setting = begun_after(60, expecting(1), &["a"]);
    assert_eq!(setting.after(299).ending, None);
    assert_eq!(setting.after(300).ending, Some(Ending::TooFew));
    // Where there may be none, none is needed.
    let mut setting = begun_after(60, expecting(0), &["a"]);
    assert_eq!(setting.after(60).ending, Some(Ending::Done));
}

#[test]
fn three_living_nodes_and_a_dead_one_are_three() {
    let names = ["a", "b", "c", "d"];
    for (expect, ending) in [(3, Ending::Done), (4, Ending::TooFew)] {
        let mut setting = begun_after(60, expecting(expect), &names);
        let mut seconds = 60;
        let ended = loop {
            for living in 0..3 {
                report_again(&mut setting, living, seconds);
            }
            let progress = setting.after(seconds);
            if progress.ending.is_some() {
                break progress;
            }
            seconds += 10;
        };
        assert_eq!(ended.ending, Some(ending));
        assert_eq!((ended.nodes, ended.lost[0].name.as_str()), (3, "d"));
    }
}

#[test]
fn a_dead_node_that_hinders_is_named_where_it_is_expected() {
    let mut setting = begun_after(0, expecting(2), &["a"]).with(
        Report {
            wait: Duration::from_secs(1),
            ..report("b")
        },
        Position::At(16),
    );
    for seconds in (0..300).step_by(5) {
        report_again(&mut setting, 0, seconds);
        assert_eq!(setting.after(seconds).ending, None, "{seconds}");
    }
    let progress = setting.after(300);
    assert_eq!(progress.ending, Some(Ending::TooFew));
    assert_eq!(progress.missing[0].standing, Standing::Lost);
}

#[test]
fn a_node_that_had_drained_has_to_report_again_after_the_wait_began() {
    let mut setting = begun_after(5, Wait::default(), &["a"]);
    let progress = setting.after(5);
    assert_eq!(progress.ending, None);
    assert_eq!(progress.missing[0].standing, Standing::Behind);
    report_again(&mut setting, 0, 6);
    assert_eq!(setting.after(6).ending, Some(Ending::Done));
}

#[test]
fn a_member_of_a_revoked_token_is_lost_at_once_and_back_with_another() {
    let mut setting = waiting().with(report("a"), Position::At(16));
    setting.members[0].revoked = true;
    assert_eq!(setting.after(0).missing[0].standing, Standing::Lost);
    assert_eq!(setting.after(5).ending, Some(Ending::Lost));
    let mut setting = waiting().with(report("a"), Position::At(16));
    setting.members[0].revoked = true;
    let again = Report {
        seq: 2,
        ..report("a")
    };
    setting.members[0].report(
        LastReport::new(again, Position::At(17), Now::read()),
        "other",
    );
    setting.members[0].revoked = false;
    assert_eq!(setting.members[0].token, "other");
    assert_eq!(setting.after(0).ending, Some(Ending::Done));
}

#[test]
fn a_node_that_is_not_stored_makes_unsure_though_all_others_have_drained() {
    let node = || {
        Node::Process(MemberId {
            name: "new".into(),
            boot: "b".into(),
        })
    };
    let mut setting = waiting().with(report("a"), Position::At(17));
    setting
        .unstored
        .note(node(), "nodes", Some("no room".into()), Now::read());
    let progress = setting.after(4);
    assert_eq!((progress.ending, progress.unstored), (None, 1));
    assert_eq!(progress.unstored_nodes[0].reason, "no room");
    report_again(&mut setting, 0, 9);
    assert_eq!(setting.after(9).ending, Some(Ending::Unsure));
    // One that the store is about to take is on its way.
    let mut setting = waiting().with(report("a"), Position::At(17));
    setting.unstored.note(node(), "nodes", None, Now::read());
    assert_eq!(setting.after(0).ending, None);
    let all = setting.unstored.all();
    setting.unstored.forget(&all);
    assert_eq!(setting.after(0).ending, Some(Ending::Done));
}

#[test]
fn a_member_is_gone_after_the_time_that_is_said_and_its_waits_and_its_lease() {
    let setting = waiting().with(
        Report {
            lease: Some(Duration::from_secs(60)),
            ..report("a")
        },
        Position::At(17),
    );
    let is_gone = |after, seconds| {
        let now = setting.began + Duration::from_secs(seconds);
        setting.members[0].is_gone(Duration::from_secs(after), now)
    };
    assert!(!is_gone(1, 61) && is_gone(1, 62));
    assert!(!is_gone(100, 99) && is_gone(100, 100));
    let setting = waiting().with(report("a"), Position::At(17));
    let now = |seconds| setting.began + Duration::from_secs(seconds);
    assert!(!setting.members[0].is_gone(Duration::from_secs(1), now(30)));
    assert!(setting.members[0].is_gone(Duration::from_secs(1), now(31)));
}
