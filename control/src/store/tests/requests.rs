//! How many requests etcd gets.

use super::*;
use crate::values::version::Version;
use crate::wire::wait::Wait;

const SERVICES: u64 = 40;
const REVISIONS: u64 = 100;
/// How many documents one request reads.
const PORTION: u64 = 16;

#[test]
fn documents_are_read_in_portions_however_many_services_batches_and_revisions_there_are() {
    let engines = Engines::new();
    let mut store = engines.open_etcd();
    let services = (0..SERVICES).map(|number| (format!("service-{number}"), 1));
    let revisions = (1..=REVISIONS).map(|revision| ("shop".to_owned(), revision));
    let states = services.chain(revisions);
    let states = states.map(|(name, revision)| state_of(&*store, &name, revision, Mode::All));
    let mut steps: Vec<Step> = states.collect();
    steps.push(Step::BarrierBegan(StoredBarrier {
        id: "first".to_owned(),
        service: "shop".to_owned(),
        revision: 1,
        wait: Wait::default(),
        actor: "ann".to_owned(),
        began: seconds(1),
        superseded_by: None,
    }));
    let (empty, _) = store.load().unwrap();
    let mut at = empty;
    for step in steps {
        let committed = store.commit(at, &Batch(vec![step])).unwrap();
        assert_eq!(committed, Committed::Stored);
        at = at.next();
    }

    let asked = |work: &dyn Fn() -> usize| {
        let before = engines.etcd.requests();
        (work(), engines.etcd.requests() - before)
    };
    let portions = |documents: u64| documents.div_ceil(PORTION);

    // All states in force, and those of the service that the wait is about; a request for each kind of keys beside.
    let (steps, requests) = asked(&|| store.load().unwrap().1.0.len());
    assert_eq!(steps as u64, 1 + SERVICES + REVISIONS + 1);
    assert!(
        requests <= portions(SERVICES + 1) + portions(REVISIONS) + 15,
        "{requests}"
    );

    let after = |at: Version| match store.after(at).unwrap() {
        After::Batches(batches) => batches.len(),
        After::Gap => panic!("there is no gap"),
    };
    let (batches, requests) = asked(&|| after(empty));
    assert_eq!(batches as u64, SERVICES + REVISIONS + 1);
    assert!(requests <= portions(SERVICES + REVISIONS) + 3, "{requests}");

    let (records, requests) = asked(&|| store.history("shop", None).unwrap().records.len());
    assert_eq!(records as u64, REVISIONS);
    assert!(requests <= portions(REVISIONS) + 1, "{requests}");
}
