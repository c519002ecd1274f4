//! Which nodes are lost, and which may be forgotten, where each replica hears some of them.

use super::*;
use crate::store::After;
use crate::values::duration::Timeout;

/// The process `a` is forgotten as one that is lost.
fn forgotten() -> Batch {
    Batch(vec![Step::Forgotten {
        service: SHOP.to_owned(),
        id: report(1).id,
        was_lost: true,
    }])
}

/// An operator forgets the process `a` at a replica by which it is lost.
fn forget_as_lost(replica: &Replica) {
    let commit = |_: &dyn Store, _: &Memory, _| Ok::<_, StoreError>((forgotten(), ()));
    replica.registry.commit(commit).unwrap();
}

/// A replica loads all anew, after so many seconds.
fn load_anew(replica: &Replica, seconds: u64) {
    let load = |store: &dyn Store| store.load().map_err(StoreError::unchanged);
    let (version, loaded) = replica.registry.read(load).unwrap();
    replica
        .memory()
        .apply_anew(version, &loaded, later(seconds));
}

#[test]
fn no_node_is_lost_before_all_replicas_have_relayed_what_they_hear() {
    let [mut one, mut other] = replicas();
    one.hears(1, true, 0);
    relay(&mut one, &other);
    let is_lost = |replica: &Replica, seconds: u64| {
        let mut now = Now::read();
        now.instant += Duration::from_secs(seconds);
        let shown = replica.memory().fleet().view(SHOP, 1, now);
        shown.nodes[0].lost
    };
    assert!(!is_lost(&other, 60), "the first has said nothing since");
    assert_eq!(other.forgets(), 0);
    // It dies, and so there is nothing to wait for.
    other.memory().end_replica("one", Now::read());
    assert!(is_lost(&other, 60));
    assert!(!is_lost(&other, 2));
    relay(&mut other, &one);
}

#[test]
fn a_replica_that_has_just_started_takes_no_node_for_lost_by_the_word_of_one_other() {
    let [one, other] = replicas();
    one.hears(1, true, 0);
    other.catches_up();
    // A third replica may hear the node, and has not relayed it yet.
    let serving = BTreeSet::from(["one", "third", "other"].map(str::to_owned));
    let (memory, version) = (other.memory(), other.memory().version());
    memory.end_replica("one", Now::read());
    memory.name("other", "other", later(60));
    memory.keep_replicas(&serving, version, later(60));
    let (relayed, _) = one.memory().relay(&mut Relay::default(), later(60));
    for (service, _, relayed) in &relayed {
        memory.relayed(service, "one", relayed, later(60));
    }
    let is_lost = |seconds| memory.fleet().view(SHOP, 1, later(seconds)).nodes[0].lost;
    assert!(!is_lost(60) && !is_lost(90), "the third has said nothing");
    memory.end_replica("one", later(61));
    memory.end_replica("third", later(61));
    assert!(!is_lost(62) && is_lost(65));
}

#[test]
fn a_node_that_a_dead_replica_may_have_heard_is_not_forgotten_before_its_lease_has_ended() {
    let [mut one, other] = replicas();
    let leased = Report {
        lease: Some(Duration::from_secs(6)),
        ..report(1)
    };
    other.takes(leased);
    one.catches_up();
    let mut wait = request();
    wait.wait = Some(Wait {
        gone_after: Timeout::from_seconds(4),
        ..Wait::default()
    });
    other.registry.change(&Target::All, &wait).unwrap();
    relay(&mut one, &other);
    let is_forgotten = |seconds| {
        let expired = other.memory().fleet().expired(None, later(seconds));
        !expired.is_empty()
    };
    // The first hears the node at second 18, and dies before it relays that.
    assert!(!is_forgotten(20), "the first has said nothing since");
    other.memory().end_replica("one", later(20));
    assert!(!is_forgotten(27) && is_forgotten(28));
}

#[test]
fn a_node_that_another_replica_has_stored_is_not_lost_by_what_it_said_before() {
    let [one, other] = replicas();
    // It has reported to one, which could not store it.
    let early = report(1);
    let memory = other.memory();
    memory
        .report(SHOP, early, None, "nodes", Now::read())
        .unwrap();
    one.hears(2, false, 0);
    let After::Batches(batches) = one
        .registry
        .read(|store| store.after(memory.version()))
        .unwrap()
    else {
        panic!("there is no gap");
    };
    for batch in batches {
        memory.apply(memory.version().next(), &batch, later(60));
    }
    memory.end_replica("one", later(60));
    let is_lost = |seconds| memory.fleet().view(SHOP, 1, later(seconds)).nodes[0].lost;
    assert!(!is_lost(62) && is_lost(64));
}

#[test]
fn a_wait_has_too_few_nodes_only_when_it_is_known_who_of_those_forgotten_is_heard_elsewhere() {
    let [one, other] = replicas();
    one.hears(1, true, 0);
    other.catches_up();
    forget_as_lost(&other);
    other.enters();
    assert_eq!(other.judges(), None, "the first may hear it");
    other.memory().end_replica("one", Now::read());
    assert_eq!(other.judges(), Some(Ending::TooFew));
}

#[test]
fn an_operators_word_for_a_silent_thread_does_not_count_where_it_has_spoken_to_another_replica() {
    let [mut one, mut other] = replicas();
    one.hears(1, false, 0);
    other.catches_up();
    other.enters();
    one.catches_up();
    let mut silent = one.in_force(2, 0);
    silent.silent.push("t0".to_owned());
    one.takes(silent);
    relay(&mut one, &other);
    // The thread runs an old request.
    one.hears(3, true, 1);
    let request = ForgetRequest {
        service: SHOP.to_owned(),
        selection: Selection::Named(BTreeSet::from(["a".to_owned()])),
        actor: "operator".to_owned(),
        reason: None,
        once: None,
        dry_run: false,
    };
    let forgetting = other.registry.forget(&request).unwrap();
    assert_eq!(forgetting.forgiven.len(), 1);
    assert_eq!(other.judges(), None, "the first may have heard the thread");
    relay(&mut other, &one);
    relay(&mut one, &other);
    assert_eq!(other.judges(), None, "it has");
    one.hears(4, true, 0);
    relay(&mut one, &other);
    assert_eq!(other.judges(), Some(Ending::Done));
}

#[test]
fn a_thread_that_is_silent_again_is_not_forgiven_where_another_replica_has_heard_it_speak() {
    let [mut one, mut other] = replicas();
    one.hears(1, false, 0);
    other.catches_up();
    other.enters();
    one.catches_up();
    let silent = [2, 4].map(|seq| Report {
        silent: vec!["t0".to_owned()],
        ..one.in_force(seq, 0)
    });
    let [first, again] = silent;
    one.takes(first);
    relay(&mut one, &other);
    let request = ForgetRequest {
        service: SHOP.to_owned(),
        selection: Selection::Named(BTreeSet::from(["a".to_owned()])),
        actor: "operator".to_owned(),
        reason: None,
        once: None,
        dry_run: false,
    };
    other.registry.forget(&request).unwrap();
    one.catches_up();
    // The thread runs an old request, and is silent again before that is relayed.
    one.hears(3, true, 1);
    one.takes(again);
    relay(&mut other, &one);
    relay(&mut one, &other);
    assert_eq!(other.judges(), None);
}

#[test]
fn a_node_that_reports_here_while_another_replica_forgets_it_is_stored_again() {
    let [one, other] = replicas();
    one.hears(1, true, 0);
    other.catches_up();
    forget_as_lost(&other);
    assert_eq!(other.memory().fleet().members(SHOP), 0);
    one.catches_up();
    one.registry.store_again().unwrap();
    other.catches_up();
    assert_eq!(other.memory().fleet().members(SHOP), 1);
}

#[test]
fn a_node_that_has_reported_here_long_before_all_was_loaded_anew_is_not_stored_again() {
    let [one, _other] = replicas();
    one.hears(1, true, 0);
    let memory = one.memory();
    load_anew(&one, 60);
    memory.apply(memory.version().next(), &forgotten(), later(61));
    assert_eq!(memory.fleet().members(SHOP), 0);
}

#[test]
fn no_node_is_lost_by_what_was_known_before_all_was_loaded_anew() {
    let [one, other] = replicas();
    one.hears(1, true, 0);
    other.catches_up();
    let memory = other.memory();
    load_anew(&other, 60);
    memory.end_replica("one", later(60));
    let is_lost = |seconds| memory.fleet().view(SHOP, 1, later(seconds)).nodes[0].lost;
    assert!(!is_lost(62) && is_lost(64));
}
