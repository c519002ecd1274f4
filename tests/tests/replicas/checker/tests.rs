use std::time::Duration;

use super::{Deed, End, Entry, Operation, check};

fn history(marks: &[&str]) -> Vec<Entry> {
    let entries = marks.iter().zip(1..);
    let entries = entries.map(|(mark, revision)| Entry {
        revision,
        mark: (!mark.is_empty()).then(|| (*mark).to_owned()),
        title: (!mark.is_empty()).then(|| (*mark).to_owned()),
    });
    entries.collect()
}

fn operation(deed: Deed, began: u64, ended: u64, end: End) -> Operation {
    let [began, ended] = [began, ended].map(Duration::from_millis);
    Operation {
        deed,
        began,
        ended,
        end,
    }
}

fn change(mark: &str, began: u64, ended: u64, end: End) -> Operation {
    let mark = mark.to_owned();
    operation(Deed::Change { mark, at: None }, began, ended, end)
}

fn change_at(mark: &str, at: u64, began: u64, ended: u64, end: End) -> Operation {
    let deed = Deed::Change {
        mark: mark.to_owned(),
        at: Some(at),
    };
    operation(deed, began, ended, end)
}

fn read(revision: u64, title: &str, began: u64, ended: u64) -> Operation {
    let title = (!title.is_empty()).then(|| title.to_owned());
    operation(Deed::Read, began, ended, End::Seen { revision, title })
}

fn changed(revision: u64) -> End {
    End::Changed { revision }
}

#[track_caller]
fn holds(marks: &[&str], operations: &[Operation]) {
    let lies = check(&history(marks), operations);
    assert!(lies.is_empty(), "{lies:#?}");
}

#[track_caller]
fn lies(marks: &[&str], operations: &[Operation], why: &str) {
    let lies = check(&history(marks), operations);
    assert!(!lies.is_empty(), "no lie was found");
    assert!(lies.iter().all(|lie| lie.contains(why)), "{lies:#?}");
}

#[test]
fn overlapping_operations_may_take_place_in_any_order() {
    holds(
        &["", "b", "a"],
        &[
            change("a", 0, 10, changed(3)),
            change("b", 5, 15, changed(2)),
            read(1, "", 2, 8),
            read(2, "b", 6, 20),
            read(3, "a", 6, 9),
        ],
    );
}

#[test]
fn an_acknowledged_change_that_is_lost_is_a_lie() {
    lies(
        &["", "b"],
        &[change("a", 0, 1, changed(2)), change("b", 2, 3, changed(2))],
        "",
    );
    lies(&[""], &[change("a", 0, 1, changed(2))], "is lost");
}

#[test]
fn a_change_that_was_made_twice_is_a_lie() {
    lies(
        &["", "a", "a"],
        &[change("a", 0, 9, End::Doubtful)],
        "was made twice",
    );
}

#[test]
fn a_change_that_was_refused_and_made_is_a_lie() {
    lies(
        &["", "a"],
        &[change("a", 0, 1, End::Refused)],
        "all the same",
    );
}

#[test]
fn a_change_that_no_client_made_is_a_lie() {
    lies(&["", "a"], &[], "no client has asked for it");
}

#[test]
fn a_change_in_doubt_may_be_made_late_or_never() {
    holds(&[""], &[change("a", 0, 1, End::Doubtful)]);
    holds(
        &["", "b", "a"],
        &[
            change("a", 0, 1, End::Doubtful),
            change("b", 5, 6, changed(2)),
        ],
    );
    lies(
        &["", "a", "b"],
        &[
            change("a", 9, 10, End::Doubtful),
            change("b", 5, 6, changed(3)),
        ],
        "an older state",
    );
}

#[test]
fn a_read_of_an_older_state_than_was_acknowledged_is_a_lie() {
    lies(
        &["", "a"],
        &[change("a", 0, 1, changed(2)), read(1, "", 2, 3)],
        "an older state",
    );
    lies(
        &["", "a"],
        &[
            change("a", 0, 9, changed(2)),
            read(2, "a", 1, 2),
            read(1, "", 3, 4),
        ],
        "an older state",
    );
    lies(
        &["", "a"],
        &[read(2, "a", 0, 1), change("a", 2, 3, changed(2))],
        "an older state",
    );
}

#[test]
fn a_read_of_what_the_history_does_not_have_is_a_lie() {
    lies(
        &["", "a"],
        &[change("a", 0, 9, changed(2)), read(2, "b", 1, 2)],
        "the history has",
    );
    lies(&[""], &[read(2, "b", 1, 2)], "the history has");
}

#[test]
fn changes_out_of_the_order_of_time_are_a_lie() {
    lies(
        &["", "b", "a"],
        &[change("a", 0, 1, changed(3)), change("b", 2, 3, changed(2))],
        "an older state",
    );
}

#[test]
fn a_change_that_was_to_be_made_at_another_revision_is_a_lie() {
    holds(&["", "a"], &[change_at("a", 1, 0, 1, changed(2))]);
    lies(
        &["", "b", "a"],
        &[
            change_at("a", 1, 0, 9, changed(3)),
            change("b", 1, 2, changed(2)),
        ],
        "it was made at 3",
    );
    lies(
        &[""],
        &[change_at("a", 1, 0, 1, End::Refused)],
        "no other change had begun",
    );
    holds(
        &["", "b"],
        &[
            change_at("a", 1, 0, 5, End::Refused),
            change("b", 1, 9, changed(2)),
        ],
    );
    lies(
        &["", "b"],
        &[
            change_at("a", 1, 0, 5, End::Refused),
            change("b", 6, 9, changed(2)),
        ],
        "no other change had begun",
    );
}

#[test]
fn revisions_without_a_gap_are_asked_for() {
    let mut history = history(&["", "a"]);
    history[1].revision = 3;
    let lies = check(&history, &[change("a", 0, 1, changed(3))]);
    assert!(lies[0].contains("where revision 2 has to be"), "{lies:#?}");
}
