use intermission_core::{Mode, Report, ServiceName};

use super::*;
use crate::fleet::forgetting::Selection;
use crate::fleet::member::Position;
use crate::fleet::members::Unsettled;
use crate::fleet::testing;
use crate::wire::node::{MemberId, UnstoredNode};
use crate::wire::wait::Wait;

const SERVICE: &str = "unknown";

fn report(seq: u64, more: &str) -> Report {
    let line = format!("\"a\";boot=\"b\";seq={seq};kind=tower;wait=1{more}");
    crate::fleet::read_report(line.as_bytes()).unwrap()
}

/// A report of a node that has revision 17 in force.
fn heard(seq: u64, more: &str) -> LastReport {
    LastReport::new(report(seq, more), Position::At(17), Version(1), Now::read())
}

fn state(revision: u64, mode: Mode) -> State {
    let mut state = State::initial(ServiceName::unknown(), mode);
    state.revision = revision;
    state
}

/// A fleet with one member, which was heard so long ago.
fn fleet(seconds: u64) -> Fleet {
    let mut heard = heard(1, "");
    heard.at -= Duration::from_secs(seconds);
    let mut fleet = Fleet::default();
    fleet.join(SERVICE, testing::member(heard), Now::read());
    fleet
}

fn id() -> MemberId {
    report(1, "").id
}

#[track_caller]
fn is_taken(reported: &Reported) {
    assert!(matches!(reported, Reported::Taken), "{reported:?}");
}

#[test]
fn a_member_that_is_heard_while_it_is_being_forgotten_stays() {
    let mut fleet = fleet(60);
    let (forgetting, _) = fleet.of(SERVICE).find(&Selection::Lost, Instant::now());
    assert_eq!(forgetting.removed.len(), 1);
    fleet.of(SERVICE).begin_to_forget(&id());
    // The store forgets it; meanwhile it reports, and gets no answer before the store has taken it again.
    let again = heard(2, ";running=5;oldest=1");
    let reported = fleet.report(SERVICE, again.clone(), "nodes");
    assert!(matches!(reported, Reported::Unsettled(_)), "{reported:?}");
    fleet.of(SERVICE).forget_lost(&id(), Instant::now());
    let view = fleet.view(SERVICE, 17, Now::read());
    assert_eq!((view.nodes.len(), view.unstored), (1, 1));
    let unsettled = fleet.of(SERVICE).unsettled(&again, Instant::now());
    assert!(
        matches!(unsettled, Unsettled::Differs { .. }),
        "{unsettled:?}"
    );
    fleet.join(SERVICE, testing::member(again), Now::read());
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 0);
    is_taken(&fleet.report(SERVICE, heard(3, ""), "nodes"));
    // One that stays silent goes, and so does a process that is named.
    let mut silent = self::fleet(60);
    silent.of(SERVICE).forget_lost(&id(), Instant::now());
    assert_eq!(silent.members(SERVICE), 0);
    fleet.of(SERVICE).forget(&id());
    assert_eq!(fleet.members(SERVICE), 0);
}

#[test]
fn a_node_that_reports_while_it_is_forgotten_joins_again_with_its_last_report() {
    let mut fleet = fleet(60);
    fleet.of(SERVICE).begin_to_forget(&id());
    let first = heard(2, "");
    fleet.report(SERVICE, first.clone(), "nodes");
    fleet.report(SERVICE, heard(3, ";running=5;oldest=1"), "nodes");
    fleet.of(SERVICE).forget(&id());
    // The store takes it by the report that came first.
    let stored = Member {
        heard: None,
        ..testing::member(first.clone())
    };
    fleet.join(SERVICE, stored, Now::read());
    fleet.report(SERVICE, first, "nodes");
    let view = fleet.view(SERVICE, 17, Now::read());
    assert_eq!((view.nodes[0].running, view.unstored), (5, 0));
}

#[test]
fn a_good_end_is_taken_back_if_it_does_not_hold_until_it_is_stored() {
    let spoil: [fn(&mut Fleet); 2] = [
        |fleet| fleet.supersede(&state(18, Mode::Off)),
        |fleet| {
            let mut new = heard(1, "");
            new.report.id.name = "new".into();
            fleet.report(SERVICE, new, "nodes");
        },
    ];
    for spoil in spoil {
        let mut fleet = fleet(0);
        let barrier = Barrier::new(
            "id".into(),
            state(17, Mode::All),
            Wait::default(),
            "operator".into(),
            Now::read().time,
            Version(0),
        );
        fleet.begin(barrier, Now::read());
        fleet.report(SERVICE, heard(2, ""), "nodes");
        let ended = fleet.judge(Now::read());
        assert_eq!(ended[0].ending, Some(Ending::Done));
        assert!(fleet.confirm(&ended[0], Now::read()));
        spoil(&mut fleet);
        assert!(!fleet.confirm(&ended[0], Now::read()));
        fleet.complete_unstored(Arc::clone(&ended[0]), Now::read());
        assert_eq!(fleet.progress("id").unwrap().ending, None);
        // It goes on to another end, or none yet.
        assert!(
            fleet
                .judge(Now::read())
                .iter()
                .all(|end| end.ending == Some(Ending::Superseded))
        );
    }
}

#[test]
fn a_member_that_is_heard_is_not_unstored_any_more() {
    let mut fleet = fleet(0);
    let reason = Some("the token is for other nodes".to_owned());
    let node = UnstoredNode::Process(id());
    assert!(
        fleet
            .of(SERVICE)
            .note_unstored(node, "edge", reason, Now::read())
    );
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 1);
    fleet.report(SERVICE, heard(2, ""), "nodes");
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 0);
}

#[test]
fn a_node_joins_with_the_last_report_that_it_sent_while_the_store_took_it() {
    let mut fleet = Fleet::default();
    let mut first = heard(1, "");
    first.at -= Duration::from_secs(60);
    let second = heard(2, ";running=5;oldest=1");
    for heard in [first.clone(), second, first.clone()] {
        let reported = fleet.report(SERVICE, heard, "nodes");
        assert!(matches!(reported, Reported::Unsettled(_)), "{reported:?}");
    }
    let stored = Member {
        heard: None,
        ..testing::member(first.clone())
    };
    fleet.join(SERVICE, stored, Now::read());
    fleet.report(SERVICE, first, "nodes");
    let view = fleet.view(SERVICE, 17, Now::read());
    assert_eq!((view.nodes[0].lost, view.nodes[0].running), (false, 5));
}

#[test]
fn a_node_that_was_silent_while_the_store_took_it_is_lost() {
    for (is_shared, is_lost) in [(false, true), (true, false)] {
        let mut fleet = Fleet::default();
        if is_shared {
            fleet.of(SERVICE).share();
        }
        let mut first = heard(1, "");
        first.at -= Duration::from_secs(60);
        fleet.report(SERVICE, first.clone(), "nodes");
        let stored = Member {
            heard: None,
            expected: Instant::now(),
            ..testing::member(first)
        };
        fleet.join(SERVICE, stored, Now::read());
        // Another replica may have heard it.
        let view = fleet.view(SERVICE, 17, Now::read());
        assert_eq!(view.nodes[0].lost, is_lost);
    }
}

#[test]
fn a_process_that_was_forgotten_is_no_member_again_by_a_report_of_before() {
    let mut fleet = Fleet::default();
    let first = heard(1, "");
    let joins = |fleet: &mut Fleet, heard: &LastReport| {
        fleet.report(SERVICE, heard.clone(), "nodes");
        let unsettled = fleet.of(SERVICE).unsettled(heard, Instant::now());
        matches!(unsettled, Unsettled::Joins)
    };
    assert!(joins(&mut fleet, &first));
    fleet.join(SERVICE, testing::member(first.clone()), Now::read());
    fleet.of(SERVICE).forget(&id());
    // The turn of the same report comes again after it has joined.
    let unsettled = fleet.of(SERVICE).unsettled(&first, Instant::now());
    assert!(matches!(unsettled, Unsettled::Nothing), "{unsettled:?}");
    assert!(joins(&mut fleet, &heard(2, "")));
}

#[test]
fn a_process_that_has_left_while_the_store_took_it_leaves_again() {
    let mut fleet = Fleet::default();
    let first = heard(1, "");
    let reported = fleet.report(SERVICE, first.clone(), "nodes");
    assert!(matches!(reported, Reported::Unsettled(_)), "{reported:?}");
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 1);
    is_taken(&fleet.report(SERVICE, heard(2, ";leaving"), "nodes"));
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 0);
    // Its turn comes only now: it does not join.
    let unsettled = fleet.of(SERVICE).unsettled(&first, Instant::now());
    assert!(matches!(unsettled, Unsettled::Nothing), "{unsettled:?}");
    // The store was taking it already.
    fleet.join(SERVICE, testing::member(first.clone()), Now::read());
    let unsettled = fleet.of(SERVICE).unsettled(&first, Instant::now());
    assert!(matches!(unsettled, Unsettled::Leaves(2)), "{unsettled:?}");
    fleet.of(SERVICE).leave(&id(), 1, Instant::now());
    is_taken(&fleet.report(SERVICE, first, "nodes"));
    assert_eq!(fleet.members(SERVICE), 0);
}

#[test]
fn a_state_that_only_history_knows_is_looked_up_once() {
    let mut fleet = fleet(0);
    let unproven = |seq| LastReport {
        position: Position::Unproven,
        ..heard(seq, ";applied=\"S/9/0\"")
    };
    let reported = fleet.report(SERVICE, unproven(2), "nodes");
    let Reported::Unsettled(mut heard) = reported else {
        panic!("{reported:?}")
    };
    assert_eq!(fleet.view(SERVICE, 9, Now::read()).nodes[0].revision, None);
    heard.position = Position::At(9);
    fleet.of(SERVICE).place(&heard);
    is_taken(&fleet.report(SERVICE, unproven(3), "nodes"));
    let nodes = fleet.view(SERVICE, 9, Now::read()).nodes;
    assert_eq!(nodes[0].revision, Some(9));
}

#[test]
fn a_report_that_was_on_its_way_when_its_token_was_revoked_revives_no_member() {
    let mut fleet = fleet(0);
    fleet.revoke("nodes");
    fleet.report(SERVICE, heard(2, ""), "nodes");
    assert!(fleet.view(SERVICE, 17, Now::read()).nodes[0].lost);
    fleet.report(SERVICE, heard(3, ""), "others");
    assert!(!fleet.view(SERVICE, 17, Now::read()).nodes[0].lost);
    // A report that comes late changes nothing.
    fleet.report(SERVICE, heard(2, ""), "nodes");
    assert!(!fleet.view(SERVICE, 17, Now::read()).nodes[0].lost);
}

#[test]
fn the_last_ends_are_found_without_the_store() {
    let mut fleet = fleet(0);
    for number in 0..=REMEMBERED {
        let id = number.to_string();
        let (wait, now) = (Wait::default(), Now::read());
        let state = state(17, Mode::All);
        let barrier = Barrier::new(id, state, wait, "operator".into(), now.time, Version(0));
        fleet.begin(barrier, now);
        fleet.report(SERVICE, heard(2 + number as u64, ""), "nodes");
        let ended = fleet.judge(Now::read()).remove(0);
        fleet.complete(ended);
    }
    assert!(fleet.barriers.is_empty());
    assert!(fleet.progress("0").is_none());
    assert_eq!(fleet.progress("1").unwrap().ending, Some(Ending::Done));
}
