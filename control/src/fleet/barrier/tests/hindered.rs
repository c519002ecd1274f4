//! What hinders a wait although it is no matter of time.

use super::*;
use crate::wire::node::{MemberId, UnstoredNode};

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
                running: running(1, Some(1)),
                wait: Duration::from_secs(600),
                ..report("b")
            },
            Position::At(17),
        )
        .ends(300, Ending::TimedOut);
}

#[test]
fn what_hindered_a_node_before_it_began_hinders_nothing_until_it_says_so_again() {
    let refused = Report {
        error: Some("older".into()),
        ..report("a")
    };
    let mut setting = waiting().with(refused.clone(), Position::At(16));
    setting.barrier.since = Version(1);
    assert_eq!(setting.after(20).ending, None);
    assert_eq!(setting.after(20).missing[0].standing, Standing::Behind);
    let again = Report { seq: 2, ..refused };
    let mut heard = LastReport::new(again, Position::At(16), Version(1), Now::read());
    heard.at = setting.began + Duration::from_secs(20);
    setting.members[0].report(heard, "nodes");
    assert_eq!(setting.after(20).missing[0].standing, Standing::Refused);
    assert_eq!(setting.after(25).ending, Some(Ending::Refused));
}

#[test]
fn a_fork_of_before_that_is_not_heard_again_is_lost() {
    let mut setting = waiting().with(report("a"), Position::Forked);
    setting.barrier.since = Version(1);
    assert_eq!(setting.after(30).missing[0].standing, Standing::Behind);
    setting.ends(31 + 5, Ending::Lost);
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
        LastReport::new(again, Position::At(17), Version(1), Now::read()),
        "other",
    );
    setting.members[0].revoked = false;
    assert_eq!(setting.members[0].token, "other");
    assert_eq!(setting.after(0).ending, Some(Ending::Done));
}

#[test]
fn a_node_that_is_not_stored_makes_unsure_though_all_others_have_drained() {
    let node = || {
        UnstoredNode::Process(MemberId {
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
    let (nodes, more) = setting.unstored.all();
    setting.unstored.forget(&nodes, more);
    assert_eq!(setting.after(0).ending, Some(Ending::Done));
}
