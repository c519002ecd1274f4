use intermission_core::{Mode, ServiceName};

use super::*;
use crate::values::now::Now;
use crate::wire::barrier::Ending;
use crate::wire::wait::Wait;

const SERVICE: &str = "unknown";

fn report(seq: u64, more: &str) -> Report {
    let line = format!("\"a\";boot=\"b\";seq={seq};kind=tower;wait=1{more}");
    Report::read(line.as_bytes()).unwrap()
}

fn state(revision: u64, mode: Mode) -> State {
    let mut state = State::initial(ServiceName::unknown(), mode);
    state.revision = revision;
    state
}

/// A fleet with one member, which was heard so long ago.
fn fleet(seconds: u64) -> Fleet {
    let mut heard = LastReport::new(report(1, ""), Position::At(17), Now::read());
    heard.at -= Duration::from_secs(seconds);
    let member = Member::new(heard, "nodes");
    Fleet::new([(SERVICE.to_owned(), member)], [], [], Now::read())
}

fn id() -> MemberId {
    report(1, "").id
}

#[test]
fn a_member_that_is_heard_while_it_is_being_forgotten_stays() {
    let fleet = fleet(60);
    let found = fleet.find(SERVICE, &Selection::Lost, Now::read());
    assert_eq!(found.forgetting.removed.len(), 1);
    // The store forgets it; meanwhile it reports.
    let running = report(2, ";running=5;oldest=1");
    assert_eq!(
        fleet.report(SERVICE, running, Position::At(17), "nodes", Now::read()),
        Reported::Known
    );
    fleet.forget(SERVICE, &Selection::Lost, &found, Now::read());
    assert_eq!(fleet.members(SERVICE), 1);
    // Its next report has the store take it again.
    let news = fleet.report(
        SERVICE,
        report(3, ""),
        Position::At(17),
        "nodes",
        Now::read(),
    );
    assert_eq!(news, Reported::Changed);
    // One that stays silent goes, and so does a process that is named.
    let silent = self::fleet(60);
    let found = silent.find(SERVICE, &Selection::Lost, Now::read());
    silent.forget(SERVICE, &Selection::Lost, &found, Now::read());
    assert_eq!(silent.members(SERVICE), 0);
    let named = Selection::Process(id());
    let found = fleet.find(SERVICE, &named, Now::read());
    fleet.forget(SERVICE, &named, &found, Now::read());
    assert_eq!(fleet.members(SERVICE), 0);
}

#[test]
fn a_good_end_is_taken_back_if_it_does_not_hold_until_it_is_stored() {
    let spoil: [fn(&Fleet); 2] = [
        |fleet| fleet.supersede(&state(18, Mode::Off)),
        |fleet| {
            fleet.note_unknown(
                SERVICE,
                &MemberId {
                    name: "new".into(),
                    ..id()
                },
                "nodes",
                Now::read(),
            )
        },
    ];
    for spoil in spoil {
        let fleet = fleet(0);
        let barrier = Barrier::new(
            "id".into(),
            state(17, Mode::All),
            Wait::default(),
            "operator".into(),
            Now::read().time,
            Instant::now(),
        );
        fleet.begin([barrier], Now::read());
        fleet.report(
            SERVICE,
            report(2, ""),
            Position::At(17),
            "nodes",
            Now::read(),
        );
        let ended = fleet.judge(Now::read());
        assert_eq!(ended[0].ending, Some(Ending::Done));
        assert!(fleet.confirm(&ended[0], Now::read()));
        spoil(&fleet);
        assert!(!fleet.confirm(&ended[0], Now::read()));
        fleet.complete_unstored(Arc::clone(&ended[0]), Now::read());
        assert_eq!(fleet.watch("id").unwrap().borrow().ending, None);
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
    let fleet = fleet(0);
    let reason = Some("the token is for other nodes".to_owned());
    assert!(fleet.note_unstored(SERVICE, Node::Process(id()), "edge", reason, Now::read()));
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 1);
    fleet.note_unknown(SERVICE, &id(), "nodes", Now::read());
    fleet.report(
        SERVICE,
        report(2, ""),
        Position::At(17),
        "nodes",
        Now::read(),
    );
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 0);
    fleet.note_unknown(SERVICE, &id(), "nodes", Now::read());
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 0);
}

#[test]
fn a_process_that_has_left_while_the_store_took_it_does_not_join() {
    let fleet = Fleet::default();
    let first = report(1, "");
    assert_eq!(
        fleet.report(
            SERVICE,
            first.clone(),
            Position::Before,
            "nodes",
            Now::read()
        ),
        Reported::Unknown
    );
    let leaving = report(2, ";leaving");
    assert_eq!(
        fleet.report(SERVICE, leaving, Position::Before, "nodes", Now::read()),
        Reported::Left
    );
    let member = Member::new(
        LastReport::new(first, Position::Before, Now::read()),
        "nodes",
    );
    assert!(!fleet.join(SERVICE, member, Now::read()));
    assert_eq!(fleet.members(SERVICE), 0);
    assert_eq!(fleet.view(SERVICE, 17, Now::read()).unstored, 0);
}

#[test]
fn a_report_that_was_on_its_way_when_its_token_was_revoked_revives_no_member() {
    let fleet = fleet(0);
    fleet.revoke("nodes");
    fleet.report(
        SERVICE,
        report(2, ""),
        Position::At(17),
        "nodes",
        Now::read(),
    );
    assert!(fleet.view(SERVICE, 17, Now::read()).nodes[0].lost);
    fleet.report(
        SERVICE,
        report(3, ""),
        Position::At(17),
        "others",
        Now::read(),
    );
    assert!(!fleet.view(SERVICE, 17, Now::read()).nodes[0].lost);
}
