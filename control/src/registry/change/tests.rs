use intermission_core::Field;
use serde_json::{Value, json};

use super::*;
use crate::change::AddedEntries;
use crate::fleet::Heartbeat;
use crate::registry::idempotency::Requester;
use crate::store::FakeStore;

fn add(registry: &Registry, body: &Value) -> Result<Vec<Outcome>, ChangeError> {
    let entries = AddedEntries::read(&Field::root(body)).unwrap();
    let asked = ChangeRequest::new(Change::AddEntries(entries), "operator");
    registry.change(&Target::All, &asked)
}

#[test]
fn labels_wait_until_every_replica_knows_them() {
    let store = FakeStore::new();
    let [one, other] = ["one", "other"].map(|id| {
        let registry = Registry::new(store.clone()).unwrap();
        registry.memory().name(id, id, Now::read());
        registry
    });
    one.add("shop".parse().unwrap(), Requester::new("operator"))
        .unwrap();
    let hear = |level| {
        let now = Now::read();
        let heartbeat = Heartbeat {
            level,
            ..other.memory().announce(now)
        };
        one.memory().take_heartbeat("other", heartbeat, now);
    };
    let labels = || one.memory().service("shop").unwrap().labels.clone();
    hear(2);
    let named = json!({ "cidrs": ["203.0.113.7"], "name": "ann" });
    let refused = add(&one, &named).unwrap_err();
    let ChangeError::Invalid { invalid, .. } = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        invalid.reason(),
        "a replica that serves this store does not know passes, names, notes and ends of entries, or has just started; \
         upgrade it, or try again; intermission status SERVICE shows the replicas"
    );
    // An entry without a word goes without the rest, too.
    add(&one, &json!({ "cidrs": ["203.0.113.8"] })).unwrap();
    assert!(labels().is_empty());
    hear(3);
    add(&one, &named).unwrap();
    let named = labels();
    assert!(named.have_words());
    // A store that has labels is served by no program that does not know them.
    hear(2);
    add(&one, &json!({ "cidrs": ["203.0.113.9"] })).unwrap();
    assert!(labels().have_words());
}
