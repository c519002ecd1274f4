use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use intermission_core::State;
use tokio::sync::watch;

use crate::fleet::{Barrier, Fleet, Member};
use crate::registry::error::ChangeError;
use crate::registry::facts::{Facts, Published, Sleeping};
use crate::store::{Batch, Step, StoredBarrier, StoredMember};
use crate::values::now::Now;
use crate::values::version::Version;
use crate::wire::barrier::Progress;
use crate::wire::summary::{Outcome, Summary};

/// What control knows: the facts that the store has, and what nodes have reported of late.
///
/// Every decision is made by memory alone, and gives a batch. Facts change in [`apply`](Self::apply) only, when the
/// batch has been stored.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    facts: RwLock<Arc<Facts>>,
    fleet: Mutex<Fleet>,
    /// Wakes the task that judges the barriers: something has changed.
    changed: watch::Sender<()>,
    /// The services whose nodes are to be woken.
    sleeping: Sleeping,
}

impl Memory {
    /// The facts as they are now.
    pub(crate) fn facts(&self) -> Arc<Facts> {
        let facts = self.facts.read();
        Arc::clone(&facts.unwrap_or_else(PoisonError::into_inner))
    }

    /// The nodes, and the barriers that wait for them.
    pub(crate) fn fleet(&self) -> impl Deref<Target = Fleet> {
        self.lock()
    }

    /// Wakes the task that judges the barriers.
    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// The state in force of `service`.
    pub(crate) fn service(&self, service: &str) -> Result<Arc<Published>, ChangeError> {
        self.facts().service(service).cloned()
    }

    /// The outcome of a change for a service.
    pub(super) fn outcome(
        &self,
        summary: Summary,
        changed: bool,
        warnings: Vec<String>,
    ) -> Outcome {
        Outcome {
            changed,
            warnings,
            barrier: None,
            preview: None,
            nodes: Some(self.lock().members(&summary.service)),
            summary,
        }
    }

    /// The version of what is stored that it has.
    pub(crate) fn version(&self) -> Version {
        self.lock().version()
    }

    /// Waits until there is news for some nodes, which are to be [woken](Self::wake_nodes).
    pub(crate) async fn news_for_nodes(&self) {
        self.sleeping.news().await;
    }

    /// Wakes the held polls of all nodes for which there is news.
    pub(crate) fn wake_nodes(&self) {
        self.sleeping.wake();
    }

    /// Follows the batch of a version that is stored, and wakes those who wait for what it changes.
    ///
    /// Barriers learn of a state before it is published, because a node may report it at once. Readers see all states of
    /// a batch at the same moment.
    pub(super) fn apply(&self, version: Version, batch: &Batch, now: Now) {
        self.apply_to(self.lock(), version, batch, now);
    }

    /// Follows a batch that has all that the store has at a version, as when control starts. What nodes have reported
    /// stays.
    pub(super) fn apply_anew(&self, version: Version, loaded: &Batch, now: Now) {
        let stored = loaded.0.iter().filter_map(|step| match step {
            Step::Joined { service, member } => Some((service.as_str(), &member.id)),
            _ => None,
        });
        let stored: BTreeSet<_> = stored.collect();
        let mut fleet = self.lock();
        let is_stored = |service: &str, id: &_| stored.contains(&(service, id));
        fleet.begin_anew(is_stored, now);
        self.apply_to(fleet, version, loaded, now);
    }

    fn apply_to(
        &self,
        mut fleet: MutexGuard<'_, Fleet>,
        version: Version,
        batch: &Batch,
        now: Now,
    ) {
        let before = self.facts();
        let mut facts = Facts::clone(&before);
        fleet.follow(version);
        for step in &batch.0 {
            follow(step, &mut facts, &mut fleet, now);
        }
        let facts = Arc::new(facts);
        *self.facts.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&facts);
        drop(fleet);
        wake(&before, &facts, batch, &self.sleeping);
        self.changed.send_replace(());
    }

    /// Changes what nodes have reported of a service. The barriers are judged soon, and then those who watch the
    /// service are woken.
    pub(super) fn hear<T>(&self, service: &str, change: impl FnOnce(&mut Fleet) -> T) -> T {
        let mut fleet = self.lock();
        fleet.touch(service);
        let result = change(&mut fleet);
        drop(fleet);
        self.changed.send_replace(());
        result
    }

    /// Finds out how far the barriers are, wakes those who watch the services of which there is something else to see,
    /// and gives the barriers that have ended.
    pub(crate) fn judge(&self, now: Now) -> Vec<Arc<Progress>> {
        let mut fleet = self.lock();
        let ended = fleet.judge(now);
        let touched = fleet.take_touched();
        drop(fleet);
        let facts = self.facts();
        for service in touched
            .iter()
            .filter_map(|name| facts.services.get(name.as_str()))
        {
            service.wakes.operators.send_replace(());
        }
        ended
    }

    /// Has the barriers be judged soon.
    pub(super) fn wake_judge(&self) {
        self.changed.send_replace(());
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Fleet> {
        // Nothing that holds it can panic half-way.
        self.fleet.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes operators who wait for news of the services that a batch is about, and has their nodes be woken.
fn wake(before: &Facts, facts: &Facts, batch: &Batch, sleeping: &Sleeping) {
    // Whether there is news for the nodes of a service.
    let mut services: BTreeMap<&str, bool> = BTreeMap::new();
    let mut is_about_all = false;
    for step in &batch.0 {
        match step.service() {
            Some(service) => {
                let is_for_nodes = matches!(
                    step,
                    Step::Changed(_) | Step::Removed { .. } | Step::BarrierBegan(_)
                );
                *services.entry(service).or_default() |= is_for_nodes;
            }
            None => is_about_all = true,
        }
    }
    let operators = |service: &Published| service.wakes.operators.send_replace(());
    if is_about_all {
        facts
            .services
            .values()
            .for_each(|service| operators(service));
    }
    for (name, is_for_nodes) in services {
        // One that is removed was there before.
        let service = facts.services.get(name);
        let Some(service) = service.or_else(|| before.services.get(name)) else {
            continue;
        };
        operators(service);
        if is_for_nodes {
            sleeping.add(&service.wakes);
        }
    }
}

/// Follows one step.
fn follow(step: &Step, facts: &mut Facts, fleet: &mut Fleet, now: Now) {
    match step {
        Step::Identity(identity) => identity.clone_into(&mut facts.identity),
        Step::Changed(stored) => {
            fleet.supersede(&stored.state);
            let name = stored.state.service.as_str();
            let before = facts.services.get(name).map(|before| &**before);
            let published = Arc::new(Published::new(stored, before));
            Arc::make_mut(&mut facts.services).insert(name.into(), published);
            if facts.removed.contains_key(name) {
                Arc::make_mut(&mut facts.removed).remove(name);
                fleet.of(name).remove_all();
            }
        }
        Step::Removed { service, removed } => {
            Arc::make_mut(&mut facts.services).remove(service.as_str());
            Arc::make_mut(&mut facts.removed).insert(service.clone(), removed.clone());
            fleet.of(service).remove_all();
        }
        Step::BarrierBegan(stored) => {
            if let Some(service) = facts.services.get(stored.service.as_str()) {
                let since = fleet.version();
                fleet.begin(barrier(stored, &service.state, since), now);
            }
        }
        Step::BarrierEnded(progress) => fleet.complete(Arc::clone(progress)),
        Step::Joined {
            service,
            member: stored,
        } => fleet.join(service, member(stored, now), now),
        Step::Left { service, id, seq } => fleet.of(service).leave(id, *seq, now.instant),
        Step::Forgotten {
            service,
            id,
            was_lost: true,
        } => fleet.of(service).forget_lost(id, now.instant),
        Step::Forgotten { service, id, .. } => fleet.of(service).forget(id),
        Step::Forgiven { service, threads } => fleet.of(service).forgive(threads, now.instant),
        Step::Unforgiven { service, threads } => fleet.of(service).unforgive(threads),
        Step::Unstored {
            service,
            node,
            token,
            reason,
            since,
        } => {
            let since = Now {
                time: *since,
                ..now
            };
            let of_service = fleet.of(service);
            of_service.store_unstored(node.clone(), token, reason.clone(), since);
        }
        Step::UnstoredForgotten {
            service,
            nodes,
            more,
        } => fleet.of(service).forget_unstored(nodes, *more),
        Step::TokenMade { hash, grant } => {
            if grant.revoked.is_some() {
                fleet.revoke(&grant.name);
            }
            Arc::make_mut(&mut facts.tokens).put(hash.clone(), grant.clone());
        }
        Step::TokenRevoked { name, revoked } => {
            fleet.revoke(name);
            Arc::make_mut(&mut facts.tokens).revoke(name, revoked);
        }
        Step::Serves { replica } => {
            let version = fleet.version();
            fleet.peers_mut().begin(replica, version, now);
        }
        // The store alone has these.
        Step::Recorded(_) | Step::Event { .. } | Step::Answered(_) => {}
    }
}

/// A barrier that begins now, or goes on after a restart.
fn barrier(stored: &StoredBarrier, state: &State, since: Version) -> Barrier {
    let mut barrier = Barrier::new(
        stored.id.clone(),
        state.clone(),
        stored.wait.clone(),
        stored.actor.clone(),
        stored.began,
        since,
    );
    if let Some(later) = stored.superseded_by {
        barrier.supersede(later);
    }
    barrier
}

/// A member of which no report has been taken yet.
fn member(stored: &StoredMember, now: Now) -> Member {
    Member {
        id: stored.id.clone(),
        kind: stored.kind.clone(),
        wait: stored.wait,
        lease: stored.lease,
        joined: stored.joined,
        stored_token: stored.token.clone(),
        token: stored.token.clone(),
        revoked: false,
        strayed: true,
        forgiven: BTreeSet::new(),
        heard: None,
        expected: now.instant,
        relays: 0,
    }
}

#[cfg(test)]
mod tests;
