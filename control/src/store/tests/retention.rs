//! What is removed, and what stays.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::values::version::Version;
use crate::wire::barrier::{Ending, Progress};
use crate::wire::wait::Wait;

/// Stores these steps in one batch.
fn store_all(store: &mut dyn Store, steps: Vec<Step>) {
    let (at, _) = store.load().unwrap();
    assert_eq!(store.commit(at, &Batch(steps)).unwrap(), Committed::Stored);
}

/// Stores so many revisions of a service, and returns their tags.
fn revisions(store: &mut dyn Store, service: &str, last: u64) -> Vec<String> {
    let steps = (1..=last).map(|revision| state_of(store, service, revision, Mode::Off));
    let steps: Vec<_> = steps.collect();
    let tags = steps.iter().map(|step| match step {
        Step::Changed(stored) => stored.tag.to_string(),
        other => panic!("{other:?}"),
    });
    let tags = tags.collect();
    for steps in steps.chunks(20) {
        store_all(store, steps.to_vec());
    }
    tags
}

/// Removes in portions; returns how many there were, and how much they have removed.
fn remove(store: &mut dyn Store, removal: Removal) -> (usize, u64) {
    let (mut portions, mut removed) = (0, 0);
    let mut rest = Some(removal);
    while let Some(removal) = rest.take() {
        let portion = store.remove(&removal).unwrap();
        assert!(portion.removed <= 100, "{portion:?}");
        portions += 1;
        removed += portion.removed;
        rest = removal.after(&portion);
    }
    (portions, removed)
}

fn documents_before(before: u64) -> Removal {
    Removal::Documents {
        service: "shop".to_owned(),
        before,
    }
}

/// The revisions in the history of a service, the oldest first, and of which of them the document is kept.
fn kept(store: &dyn Store, service: &str) -> (Vec<u64>, BTreeSet<u64>) {
    let (mut revisions, mut documents) = (Vec::new(), BTreeSet::new());
    let mut before = None;
    loop {
        let page = store.history(service, before).unwrap();
        for record in &page.records {
            let revision = record.stamp.revision;
            revisions.push(revision);
            documents.extend(record.after.as_ref().map(|_| revision));
            let document = store.document(service, revision).unwrap();
            assert_eq!(document, record.after);
            let earlier = store.document(service, revision - 1).unwrap();
            assert_eq!(record.before, earlier, "before {revision}");
        }
        before = page.next;
        if before.is_none() {
            revisions.reverse();
            return (revisions, documents);
        }
    }
}

#[test]
fn old_documents_are_removed_in_portions_and_their_records_stay() {
    let engines = Engines::new();
    for mut store in engines.open() {
        let tags = revisions(&mut *store, "shop", 230);
        revisions(&mut *store, "pay", 3);
        assert_eq!(remove(&mut *store, documents_before(1)), (1, 0));
        let (portions, removed) = remove(&mut *store, documents_before(220));
        assert!(portions >= 3, "{portions}");
        assert_eq!(removed, 219);
        assert_eq!(remove(&mut *store, documents_before(220)).1, 0);
        assert_eq!(
            kept(&*store, "shop"),
            ((1..=230).collect(), (220..=230).collect())
        );
        assert_eq!(kept(&*store, "pay"), ((1..=3).collect(), (1..=3).collect()));
        // What a node has in force is known by the tag.
        for (revision, tag) in (1..).zip(&tags) {
            assert_eq!(store.tag("shop", revision).unwrap().as_ref(), Some(tag));
        }
        assert_eq!(store.tag("shop", 231).unwrap(), None);
        let (_, loaded) = store.load().unwrap();
        assert_eq!(loaded.0.len(), 3, "{loaded:?}");
        // The store goes on.
        let next = state(&*store, 231, Mode::All);
        store_all(&mut *store, vec![next]);
        assert_eq!(remove(&mut *store, documents_before(221)).1, 1);
        assert_eq!(kept(&*store, "shop").1, (221..=231).collect());
    }
}

#[test]
fn a_maintenance_keeps_its_beginning_when_that_revision_is_removed() {
    let engines = Engines::new();
    for (open, mut store) in [
        (
            Engines::open_sqlite as fn(&Engines) -> Box<dyn Store>,
            engines.open_sqlite(),
        ),
        (Engines::open_etcd, engines.open_etcd()),
    ] {
        let mut began = None;
        for revision in 1..=10 {
            let mode = if revision < 3 { Mode::Off } else { Mode::All };
            let mut step = state(&*store, revision, mode);
            if let Step::Changed(stored) = &mut step
                && mode == Mode::All
            {
                stored.since = Some(began.get_or_insert(stored.last_change.clone()).clone());
            }
            store_all(&mut *store, vec![step]);
        }
        let removal = Removal::Records {
            service: "shop".to_owned(),
            before: 10,
            until: seconds(9),
        };
        assert_eq!(remove(&mut *store, removal).1, 8);
        drop(store);
        let (_, loaded) = open(&engines).load().unwrap();
        let Some(Step::Changed(latest)) = loaded.0.last() else {
            panic!("{loaded:?}");
        };
        assert_eq!(latest.since, began);
    }
}

fn wait(id: &str, began: Timestamp) -> StoredBarrier {
    StoredBarrier {
        id: id.to_owned(),
        service: "shop".to_owned(),
        revision: 130,
        wait: Wait::default(),
        actor: "ann".to_owned(),
        began,
        superseded_by: None,
    }
}

fn ended(wait: &StoredBarrier) -> Step {
    let memory = json_progress(wait);
    Step::BarrierEnded(Arc::new(memory))
}

fn json_progress(wait: &StoredBarrier) -> Progress {
    serde_json::from_value(serde_json::json!({
        "id": wait.id, "service": wait.service, "revision": wait.revision, "actor": wait.actor,
        "began": wait.began, "deadline": wait.began, "expect": null, "ending": Ending::Done.name(),
        "superseded_by": null, "nodes": 0, "in_force": 0, "drained": 0, "running": 0,
        "edge_only": false, "missing": [],
    }))
    .unwrap()
}

#[test]
fn what_is_older_than_a_moment_is_removed_but_no_open_wait_and_no_last_record() {
    let engines = Engines::new();
    for mut store in engines.open() {
        revisions(&mut *store, "shop", 130);
        let event = |number: u64| Step::Event {
            service: "shop".to_owned(),
            event: Stamp {
                revision: number,
                at: seconds(number),
                actor: "ann".to_owned(),
                action: "node forget".to_owned(),
                reason: None,
            },
        };
        store_all(&mut *store, (1..=130).map(event).collect());
        let waits: Vec<_> = (1..=130)
            .map(|number| wait(&format!("w{number}"), seconds(number)))
            .collect();
        let began = waits.iter().cloned().map(Step::BarrierBegan);
        store_all(&mut *store, began.collect());
        // The first of them goes on.
        store_all(&mut *store, waits.iter().skip(1).map(ended).collect());
        let answer = |number: u64| {
            Step::Answered(StoredAnswer {
                actor: "ann".to_owned(),
                once: IdempotencyKey {
                    key: format!("k{number}"),
                    request: [7; 32],
                },
                at: seconds(number),
                outcomes: "[]".to_owned(),
            })
        };
        store_all(&mut *store, (1..=130).map(answer).collect());

        let service = || "shop".to_owned();
        let records = |before, until| Removal::Records {
            service: service(),
            before,
            until: seconds(until),
        };
        let (portions, removed) = remove(&mut *store, records(130, 101));
        assert!(portions >= 3, "{portions}");
        assert_eq!(removed, 100);
        assert_eq!(kept(&*store, "shop").0, (101..=130).collect::<Vec<_>>());
        assert_eq!(kept(&*store, "shop").1, (101..=130).collect());
        assert_eq!(store.tag("shop", 100).unwrap(), None);
        assert_eq!(remove(&mut *store, records(130, 1_000)).1, 29);
        assert_eq!(kept(&*store, "shop").0, [130]);

        let until = seconds(101);
        let events = Removal::Events {
            service: service(),
            until,
        };
        assert_eq!(remove(&mut *store, events).1, 100);
        let left = store.events("shop", 0, None).unwrap();
        assert_eq!(left.len(), 30);
        assert!(left.iter().all(|event| event.at >= until));

        let barriers = Removal::Barriers { until, from: None };
        assert_eq!(remove(&mut *store, barriers).1, 99);
        assert_eq!(store.ended_barriers().unwrap().len(), 30);
        assert_eq!(store.ended_barrier("w100").unwrap(), None);
        assert!(store.ended_barrier("w101").unwrap().is_some());

        let answers = Removal::Answers { until, from: None };
        assert_eq!(remove(&mut *store, answers).1, 100);
        assert_eq!(store.recall("ann", "k100", until).unwrap(), None);
        assert!(store.recall("ann", "k101", until).unwrap().is_some());
        // A key of long ago may be another request's.
        store_all(&mut *store, vec![answer(100)]);

        let (_, loaded) = store.load().unwrap();
        let open = loaded.0.iter().filter_map(|step| match step {
            Step::BarrierBegan(open) => Some(open.id.as_str()),
            _ => None,
        });
        assert_eq!(open.collect::<Vec<_>>(), ["w1"]);
    }
}

#[test]
fn the_embedded_store_loses_records_from_the_beginning_only() {
    let engines = Engines::new();
    let mut store = engines.open_sqlite();
    revisions(&mut *store, "shop", 3);
    drop(store);
    let database = rusqlite::Connection::open(engines.sqlite.path().join("intermission.db"));
    let database = database.unwrap();
    for statement in [
        "DELETE FROM history WHERE revision = 2",
        "DELETE FROM history WHERE revision = 3",
        "UPDATE history SET actor = 'bob'",
        "UPDATE history SET after = '{}'",
        "UPDATE history SET after = '', tag = 'other'",
    ] {
        let error = database.execute(statement, []).unwrap_err().to_string();
        assert!(
            error.starts_with("history is append-only"),
            "{statement}: {error}"
        );
    }
}

#[test]
fn a_replica_that_is_behind_the_log_is_said_to_load_anew() {
    let engines = Engines::new();
    let (mut one, mut other) = (engines.open_etcd(), engines.open_etcd());
    let (at, _) = other.load().unwrap();
    revisions(&mut *one, "shop", 100);
    let (newest, _) = one.load().unwrap();
    assert_eq!(newest, Version(at.0 + 5));
    let log = |before| Removal::Log { before };
    let next = at.next();
    // Both remove at the same time.
    assert_eq!(remove(&mut *one, log(next)), (1, 0));
    assert_eq!(remove(&mut *one, log(newest)).1, 4);
    assert_eq!(remove(&mut *other, log(newest)).1, 0);
    assert!(matches!(other.after(at).unwrap(), After::Gap));
    let almost = Version(newest.0 - 1);
    assert!(matches!(other.after(almost).unwrap(), After::Batches(batches) if batches.len() == 1));
    assert!(matches!(other.after(newest).unwrap(), After::Batches(batches) if batches.is_empty()));
    // A log that ends before the version is none to follow.
    assert_eq!(remove(&mut *one, log(newest.next())).1, 1);
    assert!(matches!(other.after(almost).unwrap(), After::Gap));
    assert_eq!(other.load().unwrap().0, newest);
}

#[test]
fn a_replica_that_is_behind_a_removed_document_is_said_to_load_anew() {
    let engines = Engines::new();
    let (mut one, other) = (engines.open_etcd(), engines.open_etcd());
    let (at, _) = other.load().unwrap();
    revisions(&mut *one, "shop", 30);
    assert_eq!(remove(&mut *one, documents_before(5)).1, 4);
    assert!(matches!(other.after(at).unwrap(), After::Gap));
    assert!(matches!(other.after(at.next()).unwrap(), After::Batches(_)));
}
