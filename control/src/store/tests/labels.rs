use std::sync::Arc;

use intermission_core::{Pass, PassDigest};

use super::*;
use crate::labels::{Label, PassLabel};
use crate::store::copy::copy;
use crate::store::retention::Rest;
use crate::token::Made;
use crate::wire::node::UnstoredNode;

/// A state with `entries` entries, each with a label of its own, and a pass.
fn labelled(store: &dyn Store, revision: u64, entries: u32, name: &str) -> Step {
    let Step::Changed(stored) = state(store, revision, Mode::All) else {
        panic!("it is a state");
    };
    let StoredState {
        mut state,
        last_change,
        ..
    } = *stored;
    let made = Made {
        by: "ann".to_owned(),
        at: seconds(revision),
    };
    let addresses = (0..entries).map(|number| std::net::Ipv4Addr::from_bits(0x0a00_0000 + number));
    let addresses = addresses.map(std::net::IpAddr::from);
    state.allowlist.cidrs = addresses.map(Into::into).collect();
    let digest = PassDigest::of(b"imp_");
    state.allowlist.passes = vec![Pass::new(digest, None)];
    let label = |number: u32| {
        Some(Arc::new(Label {
            name: Some(name.to_owned()),
            note: Some(format!("note {number}")),
            ..Label::plain(made.clone())
        }))
    };
    let pass = PassLabel {
        name: "bob".to_owned(),
        sha256: digest.to_string(),
        made: made.clone(),
    };
    let labels = Labels::new((0..entries).map(label), vec![pass]);
    let stored = StoredState::new(state, last_change, None, None, labels);
    Step::Changed(Box::new(stored))
}

fn labels(step: &Step) -> &Labels {
    let Step::Changed(stored) = step else {
        panic!("{step:?}");
    };
    &stored.labels
}

#[test]
fn labels_are_loaded_and_in_the_history_and_go_with_their_documents() {
    let engines = Engines::new();
    for mut store in engines.open() {
        let (mut at, _) = store.load().unwrap();
        let steps = [
            labelled(&*store, 1, 3, "ann"),
            // More than a transaction of etcd has room for.
            labelled(&*store, 2, 8_000, "eve"),
            state(&*store, 3, Mode::Off),
            // The same document as a replica that lost a race has stored.
            labelled(&*store, 4, 3, "bob"),
        ];
        for step in &steps {
            let batch = Batch(vec![step.clone()]);
            assert_eq!(store.commit(at, &batch).unwrap(), Committed::Stored);
            at = at.next();
        }
        let (_, loaded) = store.load().unwrap();
        assert_eq!(labels(loaded.0.last().unwrap()), labels(&steps[3]));
        let page = store.history("shop", None).unwrap();
        for (record, step) in page.records.iter().rev().zip(&steps) {
            assert_eq!(record.labels, labels(step).to_json());
            let revision = record.stamp.revision;
            assert_eq!(store.labels("shop", revision).unwrap(), record.labels);
        }
        assert_eq!(store.labels("shop", 3).unwrap(), None);
        assert_eq!(store.labels("shop", 5).unwrap(), None);
        assert_eq!(store.labels("none", 1).unwrap(), None);

        let removal = Removal::Documents {
            service: "shop".to_owned(),
            before: 3,
        };
        while store.remove(&removal).unwrap().rest != Rest::Nothing {}
        for (revision, is_kept) in [(1, false), (2, false), (4, true)] {
            assert_eq!(store.document("shop", revision).unwrap().is_some(), is_kept);
            assert_eq!(store.labels("shop", revision).unwrap().is_some(), is_kept);
        }
    }
}

#[test]
fn labels_go_to_etcd_and_back() {
    let engines = Engines::new();
    let [mut sqlite, mut etcd] = engines.open();
    let (at, _) = sqlite.load().unwrap();
    let steps = vec![
        labelled(&*sqlite, 1, 3, "ann"),
        labelled(&*sqlite, 2, 2, "eve"),
    ];
    sqlite.commit(at, &Batch(steps)).unwrap();
    let copied = copy(&*sqlite, &mut *etcd).unwrap();
    let other = tempfile::tempdir().unwrap();
    let folder = Folder::open(other.path(), Disk::Any).unwrap();
    let mut back = Sqlite::open(&folder, Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!(copy(&*etcd, &mut back).unwrap(), copied);
    for revision in [1, 2] {
        let before = sqlite.labels("shop", revision).unwrap();
        assert!(before.is_some());
        assert_eq!(back.labels("shop", revision).unwrap(), before);
    }
}

#[test]
fn replicas_follow_labels_and_a_fact_of_a_lower_level_lets_no_older_program_in() {
    let engines = Engines::new();
    let (mut one, mut other) = (engines.open_etcd(), engines.open_etcd());
    let (at, _) = one.load().unwrap();
    other.load().unwrap();
    let first = Batch(vec![labelled(&*one, 1, 3, "ann")]);
    one.commit(at, &first).unwrap();
    let After::Batches(followed) = other.after(at).unwrap() else {
        panic!("there is no gap");
    };
    assert_eq!(labels(&followed[0].0[0]), labels(&first.0[0]));
    let unstored = Step::Unstored {
        service: "shop".to_owned(),
        node: UnstoredNode::Unreadable {
            token: "edge".to_owned(),
            reason: "garbage".to_owned(),
        },
        token: "edge".to_owned(),
        reason: "garbage".to_owned(),
        since: seconds(1),
    };
    assert_eq!(unstored.level(), 2);
    assert_eq!(
        other.commit(at.next(), &Batch(vec![unstored])).unwrap(),
        Committed::Stored
    );
    assert_eq!(engines.level().as_deref(), Some("3"));
}
