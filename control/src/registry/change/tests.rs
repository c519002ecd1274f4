use intermission_core::Field;
use serde_json::{Value, json};

use super::*;
use crate::change::AddedEntries;
use crate::registry::idempotency::Requester;
use crate::store::FakeStore;

fn add(registry: &Registry, body: &Value) -> Result<Vec<Outcome>, ChangeError> {
    let entries = AddedEntries::read(&Field::root(body)).unwrap();
    let asked = ChangeRequest::new(Change::AddEntries(entries), "operator");
    registry.change(&Target::All, &asked)
}

#[test]
fn labels_wait_until_every_replica_knows_them() {
    let one = Registry::new(FakeStore::new()).unwrap();
    one.memory().name("one", "one", Now::read());
    one.add("shop".parse().unwrap(), Requester::new("operator"))
        .unwrap();
    let labels = || one.memory().service("shop").unwrap().labels.clone();
    one.hear_of_level(2);
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
    one.hear_of_level(3);
    add(&one, &named).unwrap();
    let named = labels();
    assert!(named.have_words());
    // A store that has labels is served by no program that does not know them.
    one.hear_of_level(2);
    add(&one, &json!({ "cidrs": ["203.0.113.9"] })).unwrap();
    assert!(labels().have_words());
}
