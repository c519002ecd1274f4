use std::time::Duration;

use intermission_core::{Field, Report};
use serde_json::json;

mod lost;

use super::*;
use crate::change::{Change, Enter};
use crate::fleet::{Reported, Selection};
use crate::registry::change::ChangeRequest;
use crate::registry::facts::Target;
use crate::registry::forget::ForgetRequest;
use crate::registry::idempotency::Requester;
use crate::store::{FakeStore, Store};
use crate::token::{Grant, Made, Role};
use crate::wire::barrier::Ending;
use crate::wire::node::{MemberId, UnstoredNode};
use crate::wire::wait::Wait;

const SHOP: &str = "shop";

/// A replica, and what it has relayed.
struct Replica {
    registry: Registry,
    id: &'static str,
    relay: Relay,
}

impl Replica {
    fn memory(&self) -> &Memory {
        self.registry.memory()
    }

    /// It takes the report of the process `a`, as control does, with the state in force where that is said.
    fn hears(&self, seq: u64, is_in_force: bool, requests: u64) {
        let report = match is_in_force {
            true => self.in_force(seq, requests),
            false => report(seq),
        };
        self.takes(report);
    }

    /// A report of the process `a` with the state in force.
    fn in_force(&self, seq: u64, requests: u64) -> Report {
        let tag = self.memory().service(SHOP).unwrap().tag.clone();
        let mut report = report(seq);
        report.running.requests = requests;
        report.running.oldest = (requests > 0).then_some(1);
        report.applied = tag.bare().map(str::to_owned);
        report
    }

    fn takes(&self, report: Report) {
        let made = Made {
            by: "operator".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        let grant = Grant::new("nodes", Role::Node, made);
        let memory = self.memory();
        let reported = memory.report(SHOP, report, None, &grant.name, Now::read());
        if let Reported::Unsettled(heard) = reported.unwrap() {
            let pending = self.registry.await_settling(SHOP, *heard, &grant);
            self.registry.settle(pending).unwrap();
        }
    }

    fn enters(&self) -> String {
        let outcomes = self.registry.change(&Target::All, &request()).unwrap();
        outcomes[0].barrier.clone().unwrap()
    }

    fn catches_up(&self) {
        self.registry.catch_up().unwrap();
    }

    /// How the wait would end by what this replica knows.
    fn judges(&self) -> Option<Ending> {
        let ended = self.memory().judge(Now::read());
        ended.first().and_then(|progress| progress.ending)
    }

    fn forgets(&self) -> usize {
        let request = ForgetRequest {
            service: SHOP.to_owned(),
            selection: Selection::Lost,
            actor: "operator".to_owned(),
            reason: None,
            once: None,
            dry_run: false,
        };
        let forgetting = self.registry.forget(&request);
        forgetting.map_or(0, |forgetting| forgetting.removed.len())
    }
}

/// A report of the process `a`.
fn report(seq: u64) -> Report {
    let id = MemberId {
        name: "a".to_owned(),
        boot: "b1".to_owned(),
    };
    let mut report = Report::new(id, "tower");
    report.seq = seq;
    report.wait = Duration::from_secs(1);
    report
}

/// `enter --wait`
fn request() -> ChangeRequest {
    let enter = Change::Enter(Enter::read(&Field::root(&json!({}))).unwrap());
    ChangeRequest {
        wait: Some(Wait::default()),
        ..ChangeRequest::new(enter, "operator")
    }
}

/// So many seconds from now.
fn later(seconds: u64) -> Now {
    let mut now = Now::read();
    now.instant += Duration::from_secs(seconds);
    now
}

/// Two of one store with a service, which know of each other.
fn replicas() -> [Replica; 2] {
    let store = FakeStore::new();
    let replicas = ["one", "other"].map(|id| {
        let registry = Registry::new(store.clone()).unwrap();
        registry.memory().name(id, id, Now::read());
        registry.serve(id).unwrap();
        Replica {
            registry,
            id,
            relay: Relay::default(),
        }
    });
    let shop = SHOP.parse().unwrap();
    replicas[0]
        .registry
        .add(shop, Requester::new("operator"))
        .unwrap();
    let serving = BTreeSet::from(["one", "other"].map(str::to_owned));
    for replica in &replicas {
        replica.catches_up();
        let version = replica.memory().version();
        replica
            .memory()
            .keep_replicas(&serving, version, Now::read());
    }
    let [mut one, mut other] = replicas;
    // Each answers a heartbeat of the other.
    relay(&mut one, &other);
    relay(&mut other, &one);
    relay(&mut one, &other);
    [one, other]
}

/// One tells the other what it hears, which the other takes, and gives how many members that was about.
fn relay(from: &mut Replica, to: &Replica) -> usize {
    let now = Now::read();
    let (relayed, heartbeat) = from.registry.memory().relay(&mut from.relay, now);
    to.catches_up();
    for (service, _, relayed) in &relayed {
        to.memory().relayed(service, from.id, relayed, now);
    }
    to.memory().take_heartbeat(from.id, heartbeat, now);
    relayed
        .iter()
        .map(|(_, _, relayed)| relayed.members.len())
        .sum()
}

#[test]
fn a_wait_ends_by_what_another_replica_has_heard() {
    let [mut one, other] = replicas();
    one.hears(1, false, 0);
    other.catches_up();
    other.enters();
    one.catches_up();
    assert_eq!(other.judges(), None);
    one.hears(2, true, 3);
    assert_eq!(relay(&mut one, &other), 1);
    assert_eq!(other.judges(), None, "requests run");
    one.hears(3, true, 0);
    relay(&mut one, &other);
    assert_eq!(other.judges(), Some(Ending::Done));
}

#[test]
fn what_was_heard_before_a_wait_began_ends_none() {
    // The state is in force already, and the node may have died since it said so.
    let [mut one, other] = replicas();
    other.enters();
    one.catches_up();
    one.hears(1, true, 0);
    one.hears(2, true, 0);
    relay(&mut one, &other);
    other
        .registry
        .end_barriers(other.memory().judge(Now::read()));
    other.enters();
    assert_eq!(other.judges(), None);
    assert_eq!(relay(&mut one, &other), 0, "nothing is new");
    one.catches_up();
    assert_eq!(relay(&mut one, &other), 0, "nothing was heard since");
    one.hears(3, true, 0);
    assert_eq!(relay(&mut one, &other), 1);
    assert_eq!(other.judges(), Some(Ending::Done));
}

#[test]
fn a_report_that_comes_late_by_way_of_another_replica_takes_nothing_back() {
    let [mut one, mut other] = replicas();
    one.hears(1, false, 0);
    other.catches_up();
    other.enters();
    one.catches_up();
    one.hears(2, true, 3);
    let late = one.registry.memory().relay(&mut one.relay, Now::read());
    other.hears(3, true, 0);
    assert_eq!(other.judges(), Some(Ending::Done));
    for (service, _, relayed) in &late.0 {
        other.memory().relayed(service, "one", relayed, Now::read());
    }
    let shown = other.memory().fleet().view(SHOP, 2, Now::read());
    assert_eq!(shown.nodes[0].running, 0);
    // The one that heard it before says once that it does so no more.
    relay(&mut other, &one);
    assert_eq!(relay(&mut one, &other), 1);
    assert_eq!(relay(&mut one, &other), 0);
}

#[test]
fn a_member_that_was_forgotten_is_none_again_by_what_was_relayed_before() {
    let [mut one, other] = replicas();
    one.hears(1, true, 0);
    let (relayed, _) = one.registry.memory().relay(&mut one.relay, Now::read());
    other.catches_up();
    let id = MemberId {
        name: "a".to_owned(),
        boot: "b1".to_owned(),
    };
    let request = ForgetRequest {
        service: SHOP.to_owned(),
        selection: Selection::Process(id),
        actor: "operator".to_owned(),
        reason: None,
        once: None,
        dry_run: false,
    };
    other.registry.forget(&request).unwrap();
    for (service, _, relayed) in &relayed {
        other.memory().relayed(service, "one", relayed, Now::read());
    }
    assert_eq!(other.memory().fleet().members(SHOP), 0);
    one.catches_up();
    assert_eq!(one.memory().fleet().members(SHOP), 0);
}

#[test]
fn a_poll_that_a_farewell_to_another_replica_has_overtaken_makes_no_member() {
    let [one, other] = replicas();
    let farewell = Report {
        leaving: true,
        ..report(2)
    };
    one.takes(farewell.clone());
    let version = one.memory().version();
    one.takes(farewell);
    assert_eq!(one.memory().version(), version, "it is stored once");
    other.hears(1, false, 0);
    other.catches_up();
    assert_eq!(other.memory().fleet().members(SHOP), 0);
}

#[test]
fn a_farewell_counts_for_all_earlier_polls_whichever_of_them_its_replica_takes_first() {
    let [one, other] = replicas();
    let farewell = Report {
        leaving: true,
        ..report(8)
    };
    let reported = one
        .memory()
        .report(SHOP, farewell, None, "nodes", Now::read());
    reported.unwrap();
    other.hears(1, false, 0);
    one.catches_up();
    one.takes(report(3));
    other.catches_up();
    other.hears(7, false, 0);
    assert_eq!(other.memory().fleet().members(SHOP), 0);
}

#[test]
fn a_node_that_comes_back_is_relayed_again_though_it_says_the_same() {
    for is_back_first in [true, false] {
        let [mut one, mut other] = replicas();
        one.hears(1, true, 0);
        relay(&mut one, &other);
        other.hears(2, true, 0);
        if is_back_first {
            one.hears(3, true, 0);
            assert_eq!(relay(&mut one, &other), 0);
            relay(&mut other, &one);
        } else {
            relay(&mut other, &one);
            one.hears(3, true, 0);
        }
        assert_eq!(relay(&mut one, &other), 1);
        assert_eq!(relay(&mut one, &other), 0);
    }
}

#[test]
fn a_node_that_has_no_state_because_the_store_has_not_taken_it_hinders_no_wait() {
    let [one, other] = replicas();
    one.hears(1, true, 0);
    let memory = one.memory();
    let stranger = Report {
        id: MemberId {
            name: "b".to_owned(),
            boot: "b2".to_owned(),
        },
        ..report(1)
    };
    let id = stranger.id.clone();
    memory
        .report(SHOP, stranger, None, "nodes", Now::read())
        .unwrap();
    other.catches_up();
    one.enters();
    one.hears(2, true, 0);
    one.memory().end_replica("other", Now::read());
    assert_eq!(one.memory().fleet().unstored(SHOP), 0);
    assert_eq!(one.judges(), Some(Ending::Done));
    one.registry
        .note_unstored(SHOP, &UnstoredNode::Process(id), "nodes", "no room")
        .unwrap();
    assert_eq!(one.memory().fleet().unstored(SHOP), 1);
}

#[test]
fn a_node_that_was_answered_for_before_all_was_loaded_anew_hinders_no_wait() {
    let [one, _other] = replicas();
    let node = UnstoredNode::Process(report(1).id);
    let noted = one.registry.note_unstored(SHOP, &node, "nodes", "no room");
    noted.unwrap();
    assert_eq!(one.memory().fleet().unstored(SHOP), 1);
    let load = |store: &dyn Store| store.load().map_err(StoreError::unchanged);
    let (version, mut loaded) = one.registry.read(load).unwrap();
    let is_kept = |step: &Step| !matches!(step, Step::Unstored { .. });
    loaded.0.retain(is_kept);
    one.memory().apply_anew(version, &loaded, Now::read());
    assert_eq!(one.memory().fleet().unstored(SHOP), 0);
}
