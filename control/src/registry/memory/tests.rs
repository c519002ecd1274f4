use std::time::Duration;

use intermission_core::StateTag;

use super::*;
use crate::fleet::{Reported, read_report};
use crate::registry::idempotency::Requester;
use crate::token::{Grant, Made, Role};
use crate::wire::node::Standing;
use crate::wire::wait::Wait;

fn memory() -> Memory {
    let memory = Memory::default();
    for service in ["shop", "other"] {
        let (added, _) = memory.add(
            &service.parse().unwrap(),
            Requester::new("operator"),
            Now::read(),
        );
        memory.apply(memory.version().next(), &added, Now::read());
    }
    memory.wake_nodes();
    memory
}

/// Whether a change wakes the nodes and the operators of the service `shop`, before and after the barriers are
/// judged. The waiters of another service stay asleep.
fn woken(memory: &Memory, change: impl FnOnce(&Memory)) -> [bool; 4] {
    let service = |name| memory.service(name).unwrap();
    let subscribed = |service: &Published| {
        let wakes = &service.wakes;
        (wakes.nodes.subscribe(), wakes.operators.subscribe())
    };
    let (nodes, operators) = subscribed(&service("shop"));
    let other = subscribed(&service("other"));
    let changes = memory.changes();
    change(memory);
    assert!(changes.has_changed().unwrap());
    assert!(
        !nodes.has_changed().unwrap(),
        "an operator is answered first"
    );
    memory.wake_nodes();
    let is_woken = || {
        [
            nodes.has_changed().unwrap(),
            operators.has_changed().unwrap(),
        ]
    };
    let before = is_woken();
    memory.judge(Now::read());
    let after = is_woken();
    assert!(!other.0.has_changed().unwrap() && !other.1.has_changed().unwrap());
    [before[0], before[1], after[0], after[1]]
}

fn report(memory: &Memory, seq: u64) -> Reported {
    report_with(memory, seq, "", None)
}

/// A report of the node with these parameters too, which has got the state of this tag.
fn report_with(memory: &Memory, seq: u64, more: &str, got: Option<&StateTag>) -> Reported {
    let line = format!("\"a\";boot=\"b\";seq={seq};kind=tower;wait=10{more}");
    let report = read_report(line.as_bytes()).unwrap();
    let reported = memory.report("shop", report, got, "nodes", Now::read());
    reported.unwrap()
}

/// Takes the node `a` as a member.
fn join(memory: &Memory) {
    let made = Made {
        by: "operator".to_owned(),
        at: Now::read().time,
    };
    let grant = Grant::new("nodes", Role::Node, made);
    let Reported::Unsettled(heard) = report(memory, 1) else {
        panic!("the node is no member yet");
    };
    let joined = memory.settle("shop", &heard, &grant, Now::read());
    memory.apply(memory.version().next(), &joined, Now::read());
}

#[test]
fn each_waiter_is_woken_by_what_it_waits_for_and_a_report_wakes_no_node() {
    let memory = memory();
    let heard = woken(&memory, join);
    assert_eq!(heard, [false, true, false, true]);
    let heard = woken(&memory, |memory| {
        report(memory, 2);
    });
    assert_eq!(heard, [false, false, false, true]);
    let barrier = StoredBarrier {
        id: "id".to_owned(),
        service: "shop".to_owned(),
        revision: 1,
        wait: Wait::default(),
        actor: "operator".to_owned(),
        began: Now::read().time,
        superseded_by: None,
    };
    let began = Batch(vec![Step::BarrierBegan(barrier)]);
    let began = woken(&memory, |memory| {
        memory.apply(memory.version().next(), &began, Now::read())
    });
    assert_eq!(began, [true, true, true, true]);
    // Silence alone changes how far the barrier is.
    let (operators, now) = (
        memory.service("shop").unwrap().wakes.operators.subscribe(),
        Now::read(),
    );
    let instant = now.instant + Duration::from_secs(60);
    memory.judge(Now { instant, ..now });
    assert!(operators.has_changed().unwrap());
}

#[test]
fn a_node_that_has_got_a_state_of_another_history_is_forked_before_it_has_it_in_force() {
    let memory = memory();
    join(&memory);
    let tag = memory.service("shop").unwrap().tag.clone();
    let in_force = format!(";applied=\"{}\"", tag.bare().unwrap());
    let standing = || memory.fleet().view("shop", 1, Now::read()).nodes[0].standing;
    report_with(&memory, 2, &in_force, Some(&tag));
    assert_eq!(standing(), Standing::Drained);
    let lost = StateTag::new(tag.store(), tag.revision() + 1, "0123456789abcdef");
    report_with(&memory, 3, &in_force, Some(&lost));
    assert_eq!(standing(), Standing::Forked);
    report_with(&memory, 4, &in_force, Some(&tag));
    assert_eq!(standing(), Standing::Drained);
}
