use std::collections::BTreeMap;

use super::*;

fn node(name: &str, standing: Standing) -> NodeView {
    NodeView {
        name: name.to_owned(),
        boot: "b3f1c2d4".to_owned(),
        kind: "tower".to_owned(),
        standing,
        revision: Some(16),
        applied: None,
        running: 0,
        upgraded: 0,
        oldest: None,
        silent: Vec::new(),
        error: None,
        joined: Timestamp::UNIX_EPOCH,
        heard: None,
        lost: standing == Standing::Lost,
        closed: false,
        wait: 10,
        token: String::new(),
        format: Some(2),
        rules: BTreeMap::new(),
        probed: Vec::new(),
        replica: None,
    }
}

/// A wait for revision 17 on `nodes` nodes, of which all have drained but those that are missing.
fn waiting(nodes: usize, missing: Vec<NodeView>) -> Progress {
    let drained = nodes - missing.len();
    let nodes = nodes - missing.iter().filter(|node| node.lost).count();
    Progress {
        id: String::new(),
        service: "shop".to_owned(),
        revision: 17,
        actor: "operator".to_owned(),
        began: Timestamp::UNIX_EPOCH,
        deadline: Timestamp::UNIX_EPOCH,
        expect: None,
        ending: None,
        superseded_by: None,
        removed: None,
        nodes,
        in_force: drained,
        drained,
        running: 0,
        edge_only: false,
        waiting_for: missing.len(),
        missing,
        lost: Vec::new(),
        unstored: 0,
        unstored_nodes: Vec::new(),
        rules: BTreeMap::new(),
    }
}

#[test]
fn as_many_are_named_as_fit() {
    let missing = ["edge-1", "edge-2", "edge-3", "edge-4"];
    let missing = missing.map(|name| node(name, Standing::Behind));
    let progress = waiting(6, missing.into());
    let head = "shop: 2 of 6 nodes have it in force, 2 drained";
    for (columns, waits) in [
        (
            usize::MAX,
            "; waiting for edge-1 (not in force yet), edge-2 (not in force yet), edge-3 (not in force yet) and 1 more",
        ),
        (
            140,
            "; waiting for edge-1 (not in force yet), edge-2 (not in force yet) and 2 more",
        ),
        (110, "; waiting for edge-1 (not in force yet) and 3 more"),
        (79, "; waiting for edge-1 and 3 more"),
        (70, ""),
    ] {
        assert_eq!(progress_line(&progress, columns), format!("{head}{waits}"));
    }
}

#[test]
fn expected_nodes_without_a_report_are_named() {
    let progress = Progress {
        expect: Some(3),
        ..waiting(2, Vec::new())
    };
    let line = "shop: 2 of 3 expected nodes have it in force, 2 drained; waiting for 1 that has not spoken";
    assert_eq!(progress_line(&progress, usize::MAX), line);
    let ended = Progress {
        ending: Some(Ending::TooFew),
        ..progress
    };
    let paint = Paint::from_env();
    assert_eq!(
        waited(&ended, paint, Timestamp::UNIX_EPOCH),
        "shop: too few: 2 of 3 expected nodes have it in force, 2 drained\n  next       see who is there: \
         intermission node list shop; then wait again: the same command\n"
    );
}

#[test]
fn namesakes_are_distinguished_and_none_is_both_there_and_not() {
    let has_it = NodeView {
        revision: Some(17),
        boot: "99aa".to_owned(),
        ..node("a", Standing::Behind)
    };
    let progress = waiting(2, vec![node("a", Standing::Lost), has_it]);
    assert_eq!(
        progress_line(&progress, usize::MAX),
        "shop: 0 of 1 nodes have it in force, 0 drained; 1 lost; waiting for a (boot b3f1c2, lost) and a (boot 99aa, to \
         speak again)"
    );
}

#[test]
fn a_wait_of_a_removed_service_says_who_removed_it() {
    let removed = |reason: Option<&str>| Progress {
        ending: Some(Ending::Superseded),
        removed: Some(Stamp {
            revision: 17,
            at: Timestamp::UNIX_EPOCH,
            actor: "ann".to_owned(),
            action: "remove".to_owned(),
            reason: reason.map(str::to_owned),
        }),
        ..waiting(1, Vec::new())
    };
    let by = "superseded: the service was removed by ann at 1970-01-01T00:00:00Z";
    let keeps = "its nodes keep the state that they have";
    assert_eq!(why(&removed(None)), format!("{by}; {keeps}"));
    assert_eq!(
        why(&removed(Some("moved"))),
        format!("{by} (moved); {keeps}")
    );
    let next = next(&removed(None)).unwrap();
    assert!(next.contains("intermission service add shop"), "{next}");
}

#[test]
fn each_end_but_the_good_one_tells_what_to_do_next() {
    let lost = |count: usize| {
        let nodes = (0..count).map(|number| node(&format!("n{number}"), Standing::Lost));
        nodes.collect::<Vec<_>>()
    };
    let next = |ending, missing: Vec<NodeView>| {
        let progress = Progress {
            ending: Some(ending),
            ..waiting(9, missing)
        };
        next(&progress).unwrap_or_default()
    };
    assert_eq!(next(Ending::Done, Vec::new()), "");
    for (missing, expected) in [
        (lost(2), "intermission node forget shop n0 n1;"),
        (lost(6), "intermission node forget shop --lost;"),
    ] {
        let advice = next(Ending::Lost, missing);
        assert!(advice.contains(expected), "{advice}");
    }
    let silent = NodeView {
        silent: vec!["t1".to_owned()],
        ..node("a", Standing::Unsure)
    };
    for (ending, missing, expected) in [
        (Ending::TimedOut, Vec::new(), "the same command"),
        (Ending::Unsure, vec![silent], "node forget shop a;"),
        (
            Ending::Unsure,
            vec![node("a", Standing::Unsure)],
            "--ignore-upgraded",
        ),
        (Ending::Refused, Vec::new(), "upgrade the node"),
        (Ending::Forked, Vec::new(), "intermission store adopt"),
        (Ending::Superseded, Vec::new(), "intermission history shop"),
        (Ending::TooFew, Vec::new(), "intermission node list shop"),
    ] {
        let advice = next(ending, missing);
        assert!(advice.contains(expected), "{ending:?}: {advice}");
    }
}
