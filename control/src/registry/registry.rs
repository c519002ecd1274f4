use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use intermission_core::FieldError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::{info, warn};

use crate::change::Earlier;
use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::reports::settling::Settling;
use crate::store::{
    After, Batch, Committed, DOCUMENTS, OpenError, Page, Step, Store, StoreError, StoredMember,
    Usage, labelled_state,
};
use crate::values::now::Now;
use crate::wire::stamp::Stamp;

/// Keeps the states of all services.
#[derive(Debug)]
pub(crate) struct Registry {
    /// Memory follows while it is locked only.
    store: Mutex<Box<dyn Store>>,
    disk_failed: Arc<AtomicBool>,
    /// The same store, where others write it too. What takes long to read keeps no poll waiting there.
    shared: Option<Arc<dyn Store + Sync>>,
    memory: Memory,
    pub(super) settling: Settling,
}

impl Registry {
    /// Publishes what `store` holds.
    pub(crate) fn new(store: impl Store + 'static) -> Result<Self, OpenError> {
        let memory = Memory::default();
        let (at, batch) = store.load()?;
        memory.apply(at, &batch, Now::read());
        Ok(Self {
            disk_failed: store.failed(),
            shared: store.shared(),
            store: Mutex::new(Box::new(store)),
            memory,
            settling: Settling::default(),
        })
    }

    /// What control knows.
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Stores what `decide` makes of memory, and has memory follow. What was decided still holds when it is stored: where
    /// others have stored something since, memory follows that first, and `decide` is asked again.
    pub(super) fn commit<T, E: From<StoreError>>(
        &self,
        mut decide: impl FnMut(&dyn Store, &Memory, Now) -> Result<(Batch, T), E>,
    ) -> Result<T, E> {
        let mut store = self.lock();
        loop {
            let now = Now::read();
            let (batch, answer) = decide(&**store, &self.memory, now)?;
            if batch.0.is_empty() {
                return Ok(answer);
            }
            match store.commit(self.memory.version(), &batch)? {
                Committed::Stored => {
                    self.follow(&batch, now);
                    return Ok(answer);
                }
                Committed::Behind => self.follow_others(&**store)?,
            }
        }
    }

    /// Has memory follow what others have stored since.
    pub(crate) fn catch_up(&self) -> Result<(), StoreError> {
        self.follow_others(&**self.lock())
    }

    fn follow_others(&self, store: &dyn Store) -> Result<(), StoreError> {
        let at = self.memory.version();
        match store.after(at)? {
            After::Batches(batches) => {
                for batch in batches {
                    self.follow(&batch, Now::read());
                }
            }
            After::Gap => {
                let (to, batch) = store.load().map_err(StoreError::unchanged)?;
                warn!(
                    from = at.0,
                    to = to.0,
                    "the log of the store does not reach back so far; loaded all anew"
                );
                self.memory.apply_anew(to, &batch, Now::read());
            }
        }
        Ok(())
    }

    /// Has memory follow the batch of the next version.
    fn follow(&self, batch: &Batch, now: Now) {
        self.memory.apply(self.memory.version().next(), batch, now);
        log(batch);
    }

    /// The same for a request that is perhaps to be obeyed once, however often it is sent. A dry run stores nothing.
    pub(super) fn obey<T: Serialize + DeserializeOwned, E: From<ChangeError> + From<StoreError>>(
        &self,
        requester: Requester<'_>,
        mut decide: impl FnMut(&Memory, Now) -> Result<(Batch, T), E>,
    ) -> Result<T, E> {
        if requester.dry_run {
            let (_, answer) = decide(&self.memory, Now::read())?;
            return Ok(answer);
        }
        self.commit(|store, memory, now| {
            if let Some(answer) = requester.recall(store, now.time)? {
                return Ok((Batch::default(), answer));
            }
            let (mut batch, answer) = decide(memory, now)?;
            let stored_answer = requester.stored_answer(now.time, &answer);
            batch.0.extend(stored_answer.map(Step::Answered));
            Ok((batch, answer))
        })
    }

    /// A page of a service's history, and what else happened in its time.
    pub(crate) fn history(
        &self,
        service: &str,
        before: Option<u64>,
    ) -> Result<(Page, Vec<Stamp>), ChangeError> {
        self.memory.facts().check_has_history(service)?;
        self.read(|store| {
            let page = store.history(service, before)?;
            let events = store.events(service, page.next.unwrap_or_default(), before)?;
            Ok((page, events))
        })
    }

    /// What was in force for a service at this revision.
    pub(crate) fn state_at(&self, service: &str, revision: u64) -> Result<Earlier, ChangeError> {
        let latest = self.memory.service(service)?.state.revision;
        let invalid = |reason| ChangeError::Invalid {
            service: service.to_owned(),
            invalid: FieldError::new("/revision", reason),
        };
        // A document is removed before its labels: one that is there after them has them all.
        let labels = self.read(|store| store.labels(service, revision))?;
        let document = self.read(|store| store.document(service, revision))?;
        let document = document.ok_or_else(|| {
            let is_known = (1..=latest).contains(&revision);
            invalid(if is_known {
                format!(
                    "the document of revision {revision} of {service} is not kept any more: control keeps the last \
                     {DOCUMENTS} of a service, and removes those of records that it removes; intermission history \
                     {service} shows what later revisions changed"
                )
            } else {
                format!(
                    "there is no revision {revision} of {service}; intermission history {service} lists them"
                )
            })
        })?;
        let labels = labels.as_deref().map(str::as_bytes);
        let earlier = labelled_state(document.as_bytes(), labels);
        let (state, labels) = earlier.map_err(invalid)?;
        Ok(Earlier { state, labels })
    }

    /// Whether the disk has failed, and no change was saved since. A disk that stalls does not keep this waiting.
    pub(crate) fn has_failed(&self) -> bool {
        self.disk_failed.load(Ordering::Relaxed)
    }

    /// How much room the store takes.
    pub(crate) fn usage(&self) -> Result<Usage, StoreError> {
        self.read(|store| store.usage())
    }

    /// Whether others write the store too.
    pub(super) fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// Reads what the store has and memory has not.
    pub(super) fn read<T>(&self, read: impl FnOnce(&dyn Store) -> T) -> T {
        match &self.shared {
            Some(store) => read(&**store),
            None => read(&**self.lock()),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Box<dyn Store>> {
        // A panic leaves no half of a change behind: the store takes all or nothing, and memory follows last.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Logs what is worth a line in a batch.
fn log(batch: &Batch) {
    for step in &batch.0 {
        let (service, stamp, what) = match step {
            Step::Changed(stored) => (step.service(), &stored.last_change, "changed"),
            Step::Event { event, .. } => (step.service(), event, "recorded"),
            Step::Joined { service, member } => {
                let StoredMember {
                    id, kind, token, ..
                } = member;
                info!(
                    service,
                    node = id.name,
                    boot = id.boot,
                    kind,
                    token,
                    "a member is stored"
                );
                continue;
            }
            _ => continue,
        };
        let Stamp {
            revision,
            actor,
            action,
            ..
        } = stamp;
        info!(service, revision, actor, action, "{what}");
    }
}

#[cfg(test)]
mod tests {
    use intermission_core::{Field, Mode};
    use serde_json::json;

    use super::*;
    use crate::change::{Change, Enter};
    use crate::registry::change::ChangeRequest;
    use crate::registry::facts::Target;
    use crate::store::{FakeStore, IdempotencyKey};
    use crate::values::etag::Condition;

    fn request(change: Change) -> ChangeRequest {
        ChangeRequest::new(change, "operator")
    }

    fn enter() -> Change {
        Change::Enter(Enter::read(&Field::root(&json!({}))).unwrap())
    }

    /// Two replicas of one store, with the service `shop`, of which neither sees by itself what the other stores.
    fn replicas() -> [Registry; 2] {
        let store = FakeStore::new();
        let one = Registry::new(store.clone()).unwrap();
        one.add("shop".parse().unwrap(), Requester::new("operator"))
            .unwrap();
        [one, Registry::new(store).unwrap()]
    }

    #[test]
    fn a_change_is_decided_anew_when_another_replica_was_faster() {
        let [one, other] = replicas();
        one.change(&Target::All, &request(enter())).unwrap();
        assert_eq!(other.memory().service("shop").unwrap().state.revision, 1);
        other
            .change(&Target::All, &request(Change::EnableAllowlist))
            .unwrap();
        let state = &other.memory().service("shop").unwrap().state;
        assert_eq!((state.revision, state.maintenance), (3, Mode::All));
        assert!(state.allowlist.enabled);
    }

    #[test]
    fn a_condition_is_judged_by_the_newest_state() {
        let [one, other] = replicas();
        let seen = other.memory().service("shop").unwrap();
        one.change(&Target::All, &request(enter())).unwrap();
        let asked = ChangeRequest {
            expected: Some(Condition::from(&seen.tag)),
            ..request(Change::EnableAllowlist)
        };
        let lost = other.change(&Target::All, &asked);
        assert!(
            matches!(lost, Err(ChangeError::Lost { revision: 2, .. })),
            "{lost:?}"
        );
    }

    #[test]
    fn a_request_that_was_obeyed_by_another_replica_is_not_obeyed_again() {
        let [one, other] = replicas();
        let asked = ChangeRequest {
            once: Some(IdempotencyKey {
                key: "key".to_owned(),
                request: [7; 32],
            }),
            ..request(enter())
        };
        let first = one.change(&Target::All, &asked).unwrap();
        one.change(&Target::All, &request(Change::Exit)).unwrap();
        let again = other.change(&Target::All, &asked).unwrap();
        assert_eq!(again[0].summary.revision, first[0].summary.revision);
        assert_eq!(
            one.memory().service("shop").unwrap().state.maintenance,
            Mode::Off
        );
    }
}
