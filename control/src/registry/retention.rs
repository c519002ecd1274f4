use jiff::{SignedDuration, Timestamp};

use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::store::{DOCUMENTS, KEPT, LOGGED, Portion, Removal, StoreError};
use crate::values::version::Version;

/// How long answers to idempotency keys stay after they are given no more.
const MARGIN: SignedDuration = SignedDuration::from_hours(1);

impl Registry {
    /// What the store keeps no longer, where an operator has records older than `keep` removed.
    pub(crate) fn outdated(&self, keep: Option<SignedDuration>, now: Timestamp) -> Vec<Removal> {
        self.memory().outdated(keep, now)
    }

    /// Removes a small portion of what the store keeps no longer.
    pub(crate) fn remove(&self, removal: &Removal) -> Result<Portion, StoreError> {
        self.lock().remove(removal)
    }
}

impl Memory {
    fn outdated(&self, keep: Option<SignedDuration>, now: Timestamp) -> Vec<Removal> {
        let ago = |age| now.saturating_sub(age).unwrap_or(Timestamp::MIN);
        let (facts, fleet) = (self.facts(), self.fleet());
        let mut outdated = Vec::new();
        let services = facts.services.iter();
        let in_force = services.map(|(name, service)| (&**name, service.state.revision));
        let removed = facts.removed.iter();
        let removed = removed.map(|(name, removed)| (name.as_str(), removed.stamp.revision));
        for (service, latest) in in_force.chain(removed) {
            // Another process may have stored more meanwhile. What is in its memory alone is later than this.
            let needed = fleet
                .first_awaited(service)
                .map_or(latest, |awaited| awaited.min(latest));
            let before = needed.min((latest + 1).saturating_sub(DOCUMENTS));
            outdated.push(Removal::Documents {
                service: service.to_string(),
                before,
            });
            if let Some(until) = keep.map(ago) {
                outdated.push(Removal::Records {
                    service: service.to_string(),
                    before: needed,
                    until,
                });
                outdated.push(Removal::Events {
                    service: service.to_string(),
                    until,
                });
            }
        }
        if let Some(until) = keep.map(ago) {
            outdated.push(Removal::Barriers { until, from: None });
        }
        outdated.push(Removal::Answers {
            until: ago(SignedDuration::from_millis(KEPT) + MARGIN),
            from: None,
        });
        outdated.push(Removal::Log {
            before: Version((fleet.version().0 + 1).saturating_sub(LOGGED)),
        });
        outdated
    }
}

#[cfg(test)]
mod tests {
    use intermission_core::Field;
    use serde_json::json;

    use super::*;
    use crate::change::{Change, Enter};
    use crate::fleet::read_report;
    use crate::registry::change::ChangeRequest;
    use crate::registry::facts::Target;
    use crate::registry::idempotency::Requester;
    use crate::store::{Batch, Committed, FakeStore, Step, Store, StoredMember};
    use crate::values::now::Now;
    use crate::wire::node::{MemberId, Standing};
    use crate::wire::wait::Wait;

    fn change(registry: &Registry, change: Change, wait: Option<Wait>) {
        let asked = ChangeRequest {
            wait,
            ..ChangeRequest::new(change, "operator")
        };
        registry.change(&Target::All, &asked).unwrap();
    }

    fn enter() -> Change {
        Change::Enter(Enter::read(&Field::root(&json!({}))).unwrap())
    }

    fn registry(store: &FakeStore) -> Registry {
        Registry::new(store.clone()).unwrap()
    }

    fn shop(store: &FakeStore) -> Registry {
        let registry = registry(store);
        registry
            .add("shop".parse().unwrap(), Requester::new("operator"))
            .unwrap();
        registry
    }

    #[test]
    fn the_last_documents_stay_and_those_that_an_open_wait_needs() {
        let registry = shop(&FakeStore::new());
        let documents = |before| Removal::Documents {
            service: "shop".to_owned(),
            before,
        };
        let first = |registry: &Registry| {
            let outdated = registry.outdated(None, Timestamp::now());
            assert!(!outdated.iter().any(|removal| matches!(
                removal,
                Removal::Records { .. } | Removal::Events { .. } | Removal::Barriers { .. }
            )));
            outdated.into_iter().next()
        };
        assert_eq!(first(&registry), Some(documents(0)));
        for _ in 0..600 {
            change(&registry, enter(), None);
            change(&registry, Change::Exit, None);
        }
        // 1,000 of 1,201 stay.
        assert_eq!(first(&registry), Some(documents(202)));
        let waiting = shop(&FakeStore::new());
        change(&waiting, enter(), None);
        change(&waiting, Change::EnableAllowlist, Some(Wait::default()));
        for _ in 0..600 {
            change(&waiting, Change::DisableAllowlist, None);
            change(&waiting, Change::EnableAllowlist, None);
        }
        assert_eq!(first(&waiting), Some(documents(3)));
        let keep = Some(SignedDuration::from_hours(24));
        let now = Timestamp::now();
        let records = Removal::Records {
            service: "shop".to_owned(),
            before: 3,
            until: now - SignedDuration::from_hours(24),
        };
        assert!(waiting.outdated(keep, now).contains(&records));
    }

    #[test]
    fn the_last_entries_of_the_log_stay() {
        let memory = Memory::default();
        let before = |version| {
            memory.apply(Version(version), &Batch::default(), Now::read());
            let outdated = memory.outdated(None, Timestamp::now());
            outdated.into_iter().find_map(|removal| match removal {
                Removal::Log { before } => Some(before.0),
                _ => None,
            })
        };
        assert_eq!(before(0), Some(0));
        assert_eq!(before(10_000), Some(1));
        // 10,000 to 19,999 stay.
        assert_eq!(before(19_999), Some(10_000));
    }

    #[test]
    fn a_replica_that_the_log_does_not_reach_loads_all_anew() {
        let mut store = FakeStore::new();
        let one = shop(&store);
        let id = |name: &str| MemberId {
            name: name.to_owned(),
            boot: "b".to_owned(),
        };
        let joined = |name| Step::Joined {
            service: "shop".to_owned(),
            member: StoredMember {
                id: id(name),
                kind: "tower".to_owned(),
                wait: std::time::Duration::from_secs(10),
                lease: None,
                joined: Timestamp::now(),
                token: "node".to_owned(),
            },
        };
        let commit = |store: &mut FakeStore, steps| {
            let (at, _) = store.load().unwrap();
            assert_eq!(store.commit(at, &Batch(steps)).unwrap(), Committed::Stored);
        };
        commit(&mut store, vec![joined("stays"), joined("leaves")]);
        let other = registry(&store);
        assert_eq!(other.memory().fleet().members("shop"), 2);
        let left = Step::Left {
            service: "shop".to_owned(),
            id: id("leaves"),
            seq: 1,
        };
        commit(&mut store, vec![left]);
        let line = format!(
            "\"stays\";boot=\"b\";seq=1;kind=tower;wait=10;applied={}",
            other.memory().service("shop").unwrap().tag
        );
        let report = read_report(line.as_bytes()).unwrap();
        other
            .memory()
            .report("shop", report, None, "node", Now::read())
            .unwrap();
        drop(one);
        let one = registry(&store);
        change(&one, enter(), None);
        let (newest, _) = store.load().unwrap();
        store.remove(&Removal::Log { before: newest }).unwrap();

        // What it decides is decided by all that was stored meanwhile.
        change(&other, Change::EnableAllowlist, None);
        let state = &other.memory().service("shop").unwrap().state;
        assert_eq!(state.revision, 3);
        assert!(state.allowlist.enabled);
        assert_eq!(state.maintenance, intermission_core::Mode::All);
        // What a node has reported meanwhile is known still.
        let view = other.memory().fleet().view("shop", 1, Now::read());
        let nodes = view.nodes.iter();
        let nodes: Vec<_> = nodes
            .map(|node| (node.name.as_str(), node.standing))
            .collect();
        assert_eq!(nodes, [("stays", Standing::Drained)]);
    }
}
