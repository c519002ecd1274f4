use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use intermission_core::{FieldError, State};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::info;

use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::store::{Batch, OpenError, Page, Step, Store, StoreError, StoredMember};
use crate::values::now::Now;
use crate::wire::stamp::Stamp;

/// Keeps the states of all services.
#[derive(Debug)]
pub(crate) struct Registry {
    store: Mutex<Box<dyn Store>>,
    disk_failed: Arc<AtomicBool>,
    memory: Memory,
}

impl Registry {
    /// Publishes what `store` holds.
    pub(crate) fn new(store: impl Store + 'static) -> Result<Self, OpenError> {
        let memory = Memory::default();
        memory.apply(&store.load()?, Now::read());
        Ok(Self {
            disk_failed: store.failed(),
            store: Mutex::new(Box::new(store)),
            memory,
        })
    }

    /// What control knows.
    pub(crate) fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Stores what `decide` makes of memory, and has memory follow. There is one writer at a time, so that what was
    /// decided still holds when it is stored.
    pub(super) fn commit<T, E: From<StoreError>>(
        &self,
        decide: impl FnOnce(&dyn Store, &Memory, Now) -> Result<(Batch, T), E>,
    ) -> Result<T, E> {
        let mut store = self.lock();
        let now = Now::read();
        let (batch, answer) = decide(&**store, &self.memory, now)?;
        if !batch.0.is_empty() {
            store.commit(&batch)?;
            self.memory.apply(&batch, now);
            log(&batch);
        }
        Ok(answer)
    }

    /// The same for a request that is perhaps to be obeyed once, however often it is sent.
    pub(super) fn commit_once<T: Serialize + DeserializeOwned>(
        &self,
        requester: Requester<'_>,
        decide: impl FnOnce(&Memory, Now) -> Result<(Batch, T), ChangeError>,
    ) -> Result<T, ChangeError> {
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
        self.memory.service(service)?;
        let store = self.lock();
        let page = store.history(service, before)?;
        let events = store.events(service, page.next.unwrap_or_default(), before)?;
        Ok((page, events))
    }

    /// What was in force for a service at this revision.
    pub(crate) fn state_at(&self, service: &str, revision: u64) -> Result<State, ChangeError> {
        self.memory.service(service)?;
        let invalid = |reason| ChangeError::Invalid {
            service: service.to_owned(),
            invalid: FieldError::new("/revision", reason),
        };
        let document = self.lock().document(service, revision)?;
        let document = document.ok_or_else(|| {
            invalid(format!(
                "there is no revision {revision} of {service}; intermission history {service} lists them"
            ))
        })?;
        State::parse(document.as_bytes()).map_err(|error| invalid(error.to_string()))
    }

    /// Whether the disk has failed, and no change was saved since. A disk that stalls does not keep this waiting.
    pub(crate) fn has_failed(&self) -> bool {
        self.disk_failed.load(Ordering::Relaxed)
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
