use std::time::Duration;

use intermission_core::{MemberId, Report};
use jiff::Timestamp;

use super::*;
use crate::registry::idempotency::Requester;
use crate::store::FakeStore;
use crate::token::{Made, Role};

fn grant(most: u32) -> Grant {
    let made = Made {
        by: "operator".to_owned(),
        at: Timestamp::UNIX_EPOCH,
    };
    Grant {
        max_members: most,
        ..Grant::new("nodes", Role::Node, made)
    }
}

/// Control with the service `shop`, and so many nodes that have just polled for the first time.
fn strangers(count: u64, grant: &Grant) -> (Registry, Vec<Arc<Pending>>) {
    let registry = Registry::new(FakeStore::new()).unwrap();
    registry
        .add("shop".parse().unwrap(), Requester::new("operator"))
        .unwrap();
    let polls = (0..count).map(|boot| {
        let mut report = Report::new(MemberId::new("node", boot), "tower");
        report.wait = Duration::from_secs(60);
        let memory = registry.memory();
        let reported = memory.report("shop", report, None, &grant.name, Now::read());
        let Ok(Reported::Unsettled(heard)) = reported else {
            panic!("{reported:?}");
        };
        registry.await_settling("shop", *heard, grant)
    });
    let polls = polls.collect();
    (registry, polls)
}

fn members(registry: &Registry) -> (usize, u64) {
    let fleet = registry.memory().fleet();
    (fleet.members("shop"), fleet.unstored("shop"))
}

#[test]
fn nodes_that_wait_are_stored_by_one_batch() {
    let (registry, polls) = strangers(100, &grant(1000));
    let before = registry.memory().version();
    let count = || polls.iter().filter(|poll| poll.is_settled()).count();
    registry.settle(Arc::clone(&polls[99])).unwrap();
    assert_eq!((registry.memory().version(), count()), (before.next(), 60));
    assert!(polls[99].is_settled() && polls[0].is_settled() && !polls[59].is_settled());
    registry.settle(Arc::clone(&polls[59])).unwrap();
    assert_eq!(registry.memory().version(), before.next().next());
    assert_eq!((count(), members(&registry)), (100, (100, 0)));
    registry.settle(Arc::clone(&polls[0])).unwrap();
    assert_eq!(registry.memory().version(), before.next().next());
}

#[test]
fn a_batch_has_no_more_members_than_the_token_may_have() {
    let (registry, polls) = strangers(5, &grant(3));
    for poll in &polls {
        registry.settle(Arc::clone(poll)).unwrap();
    }
    assert_eq!(members(&registry), (3, 2));
}

#[test]
fn a_node_whose_poll_has_ended_is_not_taken_along() {
    let (registry, mut polls) = strangers(3, &grant(1000));
    polls.truncate(2);
    registry.settle(Arc::clone(&polls[0])).unwrap();
    assert_eq!(members(&registry), (2, 1));
    assert!(polls[1].is_settled());
}
