//! Which members count as nodes.

use super::*;

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
fn the_dead_are_no_nodes() {
    // The only node had drained, and died: no node is there.
    let mut setting = begun_later(Wait::default(), &["a"]);
    let progress = setting.after(60);
    assert_eq!(progress.ending, Some(Ending::TooFew));
    assert_eq!(
        (progress.nodes, progress.in_force, progress.drained),
        (0, 0, 0)
    );
    assert_eq!(progress.lost[0].name, "a");
    assert!(progress.missing.is_empty());
    // Nodes that are expected may come until the time is up.
    let mut setting = begun_later(expecting(1), &["a"]);
    assert_eq!(setting.after(299).ending, None);
    assert_eq!(setting.after(300).ending, Some(Ending::TooFew));
    // Where there may be none, none is needed.
    let mut setting = begun_later(expecting(0), &["a"]);
    assert_eq!(setting.after(60).ending, Some(Ending::Done));
}

#[test]
fn three_living_nodes_and_a_dead_one_are_three() {
    let names = ["a", "b", "c", "d"];
    for (expect, ending) in [(3, Ending::Done), (4, Ending::TooFew)] {
        let mut setting = begun_later(expecting(expect), &names);
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
    let mut setting = begun_later(expecting(2), &["a"]).with(
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
        setting.members[0].is_gone(Duration::from_secs(after), None, now)
    };
    assert!(!is_gone(1, 61) && is_gone(1, 62));
    assert!(!is_gone(100, 99) && is_gone(100, 100));
    let ended = Some(setting.began + Duration::from_secs(40));
    let is_gone = |seconds| {
        let now = setting.began + Duration::from_secs(seconds);
        setting.members[0].is_gone(Duration::from_secs(1), ended, now)
    };
    assert!(!is_gone(101) && is_gone(102), "a replica may have heard it");
    let setting = waiting().with(report("a"), Position::At(17));
    let now = |seconds| setting.began + Duration::from_secs(seconds);
    assert!(!setting.members[0].is_gone(Duration::from_secs(1), None, now(30)));
    assert!(setting.members[0].is_gone(Duration::from_secs(1), None, now(31)));
}
