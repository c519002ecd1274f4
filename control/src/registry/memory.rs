use std::collections::BTreeSet;
use std::sync::Arc;

use intermission_core::State;
use tokio::sync::watch;

use crate::fleet::{Barrier, Fleet, Member};
use crate::registry::error::ChangeError;
use crate::registry::facts::Facts;
use crate::registry::published::Published;
use crate::store::{Batch, Step, StoredBarrier, StoredMember};
use crate::values::now::Now;
use crate::wire::summary::{Outcome, Summary};

/// What control knows: the facts that the store has, and what nodes have reported of late.
///
/// Every decision is made by memory alone, and gives a batch. Facts change in [`apply`](Self::apply) only, when the
/// batch has been stored.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    facts: watch::Sender<Arc<Facts>>,
    fleet: Fleet,
}

impl Memory {
    /// The facts as they are now.
    pub(crate) fn facts(&self) -> Arc<Facts> {
        Arc::clone(&self.facts.borrow())
    }

    /// The nodes, and the barriers that wait for them.
    pub(crate) fn fleet(&self) -> &Fleet {
        &self.fleet
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
            nodes: Some(self.fleet.members(&summary.service)),
            summary,
        }
    }

    /// Follows a batch that is stored.
    ///
    /// Barriers learn of a state before it is published, because a node may report it at once. Readers see all states of
    /// a batch at the same moment.
    pub(super) fn apply(&self, batch: &Batch, now: Now) {
        let before = self.facts();
        let mut facts = Facts::clone(&before);
        for step in &batch.0 {
            self.follow(step, &mut facts, now);
        }
        let facts = Arc::new(facts);
        self.facts.send_replace(Arc::clone(&facts));
        for (name, service) in &facts.services {
            let old = before.services.get(name);
            if old.is_none_or(|old| !Arc::ptr_eq(old, service)) {
                self.fleet.notify(name);
                old.inspect(|old| old.superseded.notify_waiters());
            }
        }
    }

    fn follow(&self, step: &Step, facts: &mut Facts, now: Now) {
        let fleet = &self.fleet;
        match step {
            Step::Identity(identity) => identity.clone_into(&mut facts.identity),
            Step::Changed(stored) => {
                fleet.supersede(&stored.state);
                let name = stored.state.service.as_str();
                let before = facts.services.get(name).map(|before| &**before);
                let published = Arc::new(Published::new(stored, before));
                facts.services.insert(name.to_owned(), published);
            }
            Step::BarrierBegan(stored) => {
                if let Some(service) = facts.services.get(&stored.service) {
                    fleet.begin(barrier(stored, &service.state, now), now);
                }
            }
            Step::BarrierEnded(progress) => fleet.complete(Arc::clone(progress)),
            Step::Joined {
                service,
                member: stored,
            } => {
                fleet.join(service, member(stored, now), now);
            }
            Step::Left { service, id } => fleet.leave(service, id),
            Step::Forgotten {
                service,
                id,
                was_lost,
            } => fleet.forget(service, id, *was_lost, now),
            Step::Forgiven { service, threads } => fleet.forgive(service, threads),
            Step::Unforgiven { service, threads } => fleet.unforgive(service, threads),
            Step::UnstoredForgotten {
                service,
                nodes,
                more,
            } => fleet.forget_unstored(service, nodes, *more),
            Step::TokenMade { hash, grant } => {
                if grant.revoked.is_some() {
                    fleet.revoke(&grant.name);
                }
                facts.tokens.put(hash.clone(), grant.clone());
            }
            Step::TokenRevoked { name, revoked } => {
                fleet.revoke(name);
                facts.tokens.revoke(name, revoked);
            }
            // The store alone has these.
            Step::Event { .. } | Step::Answered(_) => {}
        }
    }
}

/// A barrier that begins now, or goes on after a restart.
fn barrier(stored: &StoredBarrier, state: &State, now: Now) -> Barrier {
    let mut barrier = Barrier::new(
        stored.id.clone(),
        state.clone(),
        stored.wait.clone(),
        stored.actor.clone(),
        stored.began,
        now.instant,
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
        strayed: false,
        forgiven: BTreeSet::new(),
        heard: None,
        expected: now.instant,
    }
}
