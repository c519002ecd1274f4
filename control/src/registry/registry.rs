use std::collections::HashSet;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use intermission_core::State;
use jiff::{Timestamp, Unit};
use tokio::sync::watch;
use tracing::info;

use crate::change::matters_to_nodes;
use crate::change::probed_advice;
use crate::change::{Change, check_format, format_advice};
use crate::fleet::Fleet;
use crate::registry::change::ChangeRequest;
use crate::registry::error::ChangeError;
use crate::registry::published::{Published, Services};
use crate::registry::resume::{restore, resume, stored_barrier};
use crate::registry::tokens::Tokens;
use crate::store::{OpenError, Page, Save, Store};
use crate::values::now::Now;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Outcome;
use intermission_core::FieldError;

/// Keeps the states of all services.
#[derive(Debug)]
pub(crate) struct Registry {
    store: Mutex<Store>,
    disk_failed: Arc<AtomicBool>,
    published: watch::Sender<Arc<Services>>,
    fleet: Fleet,
    pub(super) tokens: watch::Sender<Arc<Tokens>>,
}

/// Which services a change is for.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    All,
    Named(Vec<String>),
}

impl Registry {
    /// Publishes what `store` holds.
    pub(crate) fn new(store: Store) -> Result<Self, OpenError> {
        let now = Now::read();
        let services: Services = store
            .load()?
            .into_iter()
            .map(|kept| {
                (
                    kept.state.service.as_str().to_owned(),
                    Arc::new(Published::from(kept)),
                )
            })
            .collect();
        let barriers = store
            .open_barriers()?
            .into_iter()
            .filter_map(|kept| resume(&store, &services, kept, now.instant).transpose())
            .collect::<Result<Vec<_>, OpenError>>()?;
        let tokens = Tokens::new(store.tokens()?);
        let members = store.members()?.into_iter();
        let members = members.map(|(service, member)| (service, restore(member, now.instant)));
        let fleet = Fleet::new(members, store.forgiven()?, barriers, now);
        let grants = tokens.grants().into_iter();
        for revoked in grants.filter(|grant| grant.revoked.is_some()) {
            fleet.revoke(&revoked.name);
        }
        Ok(Self {
            fleet,
            disk_failed: store.failed(),
            store: Mutex::new(store),
            published: watch::Sender::new(Arc::new(services)),
            tokens: watch::Sender::new(Arc::new(tokens)),
        })
    }

    /// The nodes, and those who wait for them.
    pub(crate) fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// What is in force now.
    pub(crate) fn services(&self) -> Arc<Services> {
        Arc::clone(&self.published.borrow())
    }

    /// What is in force now for `service`.
    pub(crate) fn service(&self, service: &str) -> Result<Arc<Published>, ChangeError> {
        find(&self.services(), service).cloned()
    }

    /// Waits until there is something else in force than `service`.
    pub(crate) async fn change_of(&self, service: &Arc<Published>) {
        let mut superseded = pin!(service.superseded.notified());
        superseded.as_mut().enable();
        // What is published after this look wakes it.
        let now = self.service(&service.summary.service);
        if now.is_ok_and(|now| Arc::ptr_eq(&now, service)) {
            superseded.await;
        }
    }

    /// Makes a change in all services of `target`, or in none.
    pub(crate) fn change(
        &self,
        target: &Target,
        asked: &ChangeRequest,
    ) -> Result<Vec<Outcome>, ChangeError> {
        let mut store = self.lock();
        let (requester, now) = (asked.requester(), now());
        if let Some(outcomes) = requester.recall(&store, now)? {
            return Ok(outcomes);
        }
        let services = self.services();
        let mut outcomes = Vec::new();
        let mut changed = Vec::new();
        let mut records = Vec::new();
        let mut barriers = Vec::new();
        for before in select(&services, target)? {
            let (after, mut warnings) = asked.apply(&before, now)?;
            let in_force = after.as_ref().unwrap_or(&before);
            if matters_to_nodes(&asked.change, &before.state, &in_force.state) {
                let service = before.state.service.as_str();
                let revision = in_force.state.revision;
                let nodes = self.fleet.view(service, revision, Now::read()).nodes;
                if matches!(asked.change, Change::Enter(_)) {
                    warnings.extend(probed_advice(&nodes, &in_force.state, now));
                }
                check_format(&before.state, &in_force.state, &nodes).map_err(|invalid| {
                    ChangeError::Invalid {
                        service: service.to_owned(),
                        invalid,
                    }
                })?;
                warnings.extend(format_advice(&before.state, &in_force.state, &nodes));
            }
            let mut outcome = self.outcome(in_force, after.is_some(), warnings);
            if let Some(wait) = &asked.wait {
                let barrier = asked.barrier(wait, &in_force.state, now)?;
                outcome.barrier = Some(barrier.id.clone());
                barriers.push(barrier);
            }
            outcomes.push(outcome);
            if let Some(after) = after {
                records.push(after.record(Some(&before)));
                changed.push(Arc::new(after));
            }
        }
        let stored_answer = requester.stored_answer(now, &outcomes);
        if !records.is_empty() || !barriers.is_empty() || stored_answer.is_some() {
            store.save(&Save {
                records: &records,
                barriers: &barriers.iter().map(stored_barrier).collect::<Vec<_>>(),
                stored_answer: stored_answer.as_ref(),
                identity: None,
            })?;
        }
        if !changed.is_empty() {
            self.publish(&services, changed);
        }
        // After it is published, so that a node that joins later gets this state.
        self.fleet.begin(barriers, Now::read());
        Ok(outcomes)
    }

    /// A page of a service's history, and what else happened in its time.
    pub(crate) fn history(
        &self,
        service: &str,
        before: Option<u64>,
    ) -> Result<(Page, Vec<Stamp>), ChangeError> {
        find(&self.services(), service)?;
        let store = self.lock();
        let page = store.history(service, before)?;
        let events = store.events(service, page.next.unwrap_or_default(), before)?;
        Ok((page, events))
    }

    /// What was in force for a service at this revision.
    pub(crate) fn state_at(&self, service: &str, revision: u64) -> Result<State, ChangeError> {
        find(&self.services(), service)?;
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

    /// Readers of the old map keep it; the next ones get the new.
    pub(super) fn publish(
        &self,
        services: &Services,
        changed: impl IntoIterator<Item = Arc<Published>>,
    ) {
        let mut next = services.clone();
        let mut superseded = Vec::new();
        let mut followed = Vec::new();
        for service in changed {
            let Stamp {
                revision,
                actor,
                action,
                ..
            } = &service.summary.last_change;
            info!(
                service = service.summary.service,
                revision, actor, action, "changed"
            );
            followed.push(Arc::clone(&service));
            superseded.extend(next.insert(service.summary.service.clone(), service));
        }
        // Barriers learn of it first: a node may report the new state at once.
        for service in &followed {
            self.fleet.supersede(&service.state);
        }
        self.published.send_replace(Arc::new(next));
        for service in followed {
            self.fleet.notify(&service.summary.service);
        }
        for service in superseded {
            service.superseded.notify_waiters();
        }
    }

    /// What became of a service.
    pub(super) fn outcome(
        &self,
        service: &Published,
        changed: bool,
        warnings: Vec<String>,
    ) -> Outcome {
        Outcome {
            changed,
            warnings,
            barrier: None,
            nodes: Some(self.fleet.members(&service.summary.service)),
            summary: service.summary.clone(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Store> {
        // A panic leaves no half of a change behind: SQLite rolls it back, and publishing is last.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The time to the millisecond, which is as exact as anybody wants to read.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}

fn find<'s>(services: &'s Services, name: &str) -> Result<&'s Arc<Published>, ChangeError> {
    services.get(name).ok_or_else(|| ChangeError::Unknown {
        service: name.to_owned(),
        known: services.keys().cloned().collect(),
    })
}

fn select(services: &Services, target: &Target) -> Result<Vec<Arc<Published>>, ChangeError> {
    match target {
        Target::All if services.is_empty() => Err(ChangeError::NoServices),
        Target::All => Ok(services.values().cloned().collect()),
        Target::Named(names) => {
            // Named twice is meant once.
            let mut known = HashSet::new();
            let names = names.iter().filter(|name| known.insert(name.as_str()));
            names.map(|name| find(services, name).cloned()).collect()
        }
    }
}
