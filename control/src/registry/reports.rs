//! What nodes report, measured by the history of the store.

pub(super) mod settling;

use std::sync::Arc;

use intermission_core::{Report, StateTag};
use tracing::{error, warn};

use crate::fleet::{LastReport, Position, Reported, Unsettled};
use crate::registry::error::ChangeError;
use crate::registry::memory::Memory;
use crate::registry::position::{look_up, place, position};
use crate::registry::registry::Registry;
use crate::store::{Batch, LEVEL, Step, StoreError, StoredMember};
use crate::token::Grant;
use crate::values::now::Now;
use crate::wire::barrier::{Ending, Progress};
use crate::wire::forgotten::Forgotten;
use crate::wire::node::{MemberId, UnstoredNode};
use crate::wire::stamp::Stamp;

use self::settling::Pending;

impl Registry {
    /// Takes note of a report of which the store has to take something. A batch that others store may take it along.
    pub(crate) fn await_settling(
        &self,
        service: &str,
        heard: LastReport,
        grant: &Grant,
    ) -> Arc<Pending> {
        self.settling.wait(service, heard, grant)
    }

    /// Stores what a report has changed of its process, and what others have that wait.
    ///
    /// # Errors
    ///
    /// Where a member that has left could not be removed.
    pub(crate) fn settle(&self, mut pending: Arc<Pending>) -> Result<(), ChangeError> {
        let memory = self.memory();
        if !pending.is_placed() {
            let mut heard = pending.heard.clone();
            heard.position = self.read(|store| look_up(store, &pending.service, &heard.report))?;
            memory.place(&pending.service, &heard);
            pending = self.await_settling(&pending.service, heard, &pending.grant);
        }
        // The process may have left while the store took it.
        while !pending.is_settled() {
            let stored = self.commit(|_, memory, now| {
                if pending.is_settled() {
                    return Ok((Batch::default(), Vec::new()));
                }
                Ok::<_, StoreError>(self.settling.batch(&pending, memory, now))
            });
            let Pending {
                service,
                heard,
                grant,
                ..
            } = &*pending;
            match stored {
                Ok(together) => {
                    for (one, is_stored) in together {
                        one.note(memory, is_stored, Now::read());
                    }
                }
                Err(error) if self.is_shared() => return Err(ChangeError::Store(error)),
                Err(error) => {
                    return Ok(memory.not_settled(service, heard, grant, error, Now::read())?);
                }
            }
        }
        Ok(())
    }

    /// Takes note of a node that gets the state and cannot become a member.
    pub(crate) fn note_unstored(
        &self,
        service: &str,
        node: &UnstoredNode,
        token: &str,
        reason: &str,
    ) -> Result<(), StoreError> {
        self.commit(|_, memory, now| {
            let steps = memory.unstored(service, node.clone(), token, reason.to_owned(), now);
            Ok((Batch(steps), ()))
        })
    }

    /// Ends barriers: on the disk first, and then for those who wait.
    pub(crate) fn end_barriers(&self, ended: Vec<Arc<Progress>>) {
        for progress in ended {
            let stored = self.commit(|_, memory, now| {
                Ok::<_, StoreError>((memory.end_barrier(&progress, now), ()))
            });
            if let Err(error) = stored {
                let Progress { id, service, .. } = &*progress;
                error!(service, barrier = id, %error, "the end of a barrier cannot be kept");
                self.complete_unstored(progress);
            }
        }
    }

    /// Has the command learn of the end of a barrier that is not stored yet, and which is tried to be stored again. Where
    /// others write the store too, the end may not hold any more, so that nothing is said before it is stored.
    pub(crate) fn complete_unstored(&self, progress: Arc<Progress>) {
        if !self.is_shared() {
            self.memory().complete_unstored(progress, Now::read());
        }
    }

    /// How the barrier `id` ended, if it has.
    pub(crate) fn ended_barrier(&self, id: &str) -> Result<Option<Progress>, ChangeError> {
        Ok(self.read(|store| store.ended_barrier(id))?)
    }
}

impl Memory {
    /// Takes a report that came with the token of this name, and the tag of the last state that its node has got. A node
    /// that is no member is noted as not stored by then.
    pub(crate) fn report(
        &self,
        service: &str,
        report: Report,
        got: Option<&StateTag>,
        token: &str,
        now: Now,
    ) -> Result<Reported, ChangeError> {
        let version = self.version();
        let published = self.service(service)?;
        let position = match got.map(|got| place(&published, got)) {
            // The node was about to put it in force when it sent the report.
            Some(Position::Forked) => Position::Forked,
            _ => position(&published, &report),
        };
        let heard = LastReport::new(report, position, version, now);
        Ok(self.hear(service, |fleet| fleet.report(service, heard, token)))
    }

    /// Takes note of what the history of the store says of the state that a member has reported.
    pub(crate) fn place(&self, service: &str, heard: &LastReport) {
        self.hear(service, |fleet| fleet.of(service).place(heard));
    }

    /// What the store has to take of the process of this report, now that it is its turn.
    pub(crate) fn settle(
        &self,
        service: &str,
        heard: &LastReport,
        grant: &Grant,
        now: Now,
    ) -> Batch {
        let report = &heard.report;
        let id = || report.id.clone();
        // It may be removed by now.
        if self.service(service).is_err() {
            return Batch::default();
        }
        Batch(match self.unsettled(service, heard, now) {
            Unsettled::Nothing => Vec::new(),
            Unsettled::Joins if self.is_full(grant, now) => {
                let Grant {
                    name, max_members, ..
                } = grant;
                let reason =
                    format!("the token {name} has {max_members} members, and may have no more");
                let node = UnstoredNode::Process(id());
                self.unstored(service, node, name, reason, now)
            }
            Unsettled::Joins => vec![joined(service, heard, grant.name.clone())],
            Unsettled::Leaves(seq) => vec![Step::Left {
                service: service.to_owned(),
                id: id(),
                seq,
            }],
            Unsettled::Differs { token, unforgiven } => {
                let unforgiven = Step::Unforgiven {
                    service: service.to_owned(),
                    threads: Forgotten {
                        id: id(),
                        silent: unforgiven,
                    },
                };
                vec![unforgiven, joined(service, heard, token)]
            }
        })
    }

    /// What of a process has to be stored, after this report of it was taken.
    fn unsettled(&self, service: &str, heard: &LastReport, now: Now) -> Unsettled {
        self.lock().of(service).unsettled(heard, now.instant)
    }

    /// Takes the report of a process that is a member by now.
    pub(crate) fn settled(&self, service: &str, heard: &LastReport, grant: &Grant) {
        self.hear(service, |fleet| {
            fleet.report(service, heard.clone(), &grant.name)
        });
    }

    /// Takes note that the store has not taken what it had to. Its next report tries again.
    ///
    /// # Errors
    ///
    /// Where a member that has left could not be removed.
    pub(crate) fn not_settled(
        &self,
        service: &str,
        heard: &LastReport,
        grant: &Grant,
        error: StoreError,
        now: Now,
    ) -> Result<(), StoreError> {
        let MemberId { name, boot } = &heard.report.id;
        match self.unsettled(service, heard, now) {
            Unsettled::Nothing => {}
            Unsettled::Leaves(_) => return Err(error),
            Unsettled::Joins => {
                let node = UnstoredNode::Process(heard.report.id.clone());
                let reason = format!("the store cannot take it: {error}");
                self.note_unstored(service, node, &grant.name, Some(reason), now);
            }
            Unsettled::Differs { .. } => {
                error!(service, node = name, boot, %error, "what changed of a node cannot be stored");
            }
        }
        Ok(())
    }

    /// What the store has to take of a node that gets the state and cannot become a member. Where this control alone writes
    /// the store, it is noted in memory.
    pub(super) fn unstored(
        &self,
        service: &str,
        node: UnstoredNode,
        token: &str,
        reason: String,
        now: Now,
    ) -> Vec<Step> {
        let is_there = self.service(service).is_ok();
        let fleet = self.lock();
        if !is_there || fleet.is_stored(service, &node) {
            return Vec::new();
        }
        if !fleet.stores_unstored(service, LEVEL) {
            drop(fleet);
            self.note_unstored(service, node, token, Some(reason), now);
            return Vec::new();
        }
        vec![Step::Unstored {
            service: service.to_owned(),
            node,
            token: token.to_owned(),
            reason,
            since: now.time,
        }]
    }

    /// Takes note of a node that gets the state and is no member.
    pub(crate) fn note_unstored(
        &self,
        service: &str,
        node: UnstoredNode,
        token: &str,
        reason: Option<String>,
        now: Now,
    ) {
        let is_news = self.hear(service, |fleet| {
            let of_service = fleet.of(service);
            of_service.note_unstored(node.clone(), token, reason.clone(), now)
        });
        if is_news {
            let (name, reason) = match node {
                UnstoredNode::Process(id) => (id.name, reason.unwrap_or_default()),
                UnstoredNode::Unreadable { reason, .. } => (String::new(), reason),
            };
            warn!(
                token,
                service,
                node = name,
                "a node is not stored, so waits for the service are unsure: {reason}"
            );
        }
    }

    /// Whether no more nodes may come with a token. Lost nodes do not count.
    fn is_full(&self, grant: &Grant, now: Now) -> bool {
        let most = usize::try_from(grant.max_members).unwrap_or(usize::MAX);
        !self.has_room(grant, 0) && self.fleet().count(&grant.name, now) >= most
    }

    /// Whether one more node may come with a token besides so many others, whatever tokens the members have.
    fn has_room(&self, grant: &Grant, others: u64) -> bool {
        let members = u64::try_from(self.fleet().all_members()).unwrap_or(u64::MAX);
        members.saturating_add(others) < grant.max_members.into()
    }

    /// Publishes how a barrier ended, though that could not be stored.
    pub(crate) fn complete_unstored(&self, progress: Arc<Progress>, now: Now) {
        let service = progress.service.clone();
        self.hear(&service, |fleet| fleet.complete_unstored(progress, now));
    }

    /// The batch that ends a barrier as it was judged a moment ago, if that still holds.
    pub(crate) fn end_barrier(&self, progress: &Arc<Progress>, now: Now) -> Batch {
        if !self.lock().confirm(progress, now) {
            return Batch::default();
        }
        Batch(ended(Arc::clone(progress), now).into())
    }
}

/// A barrier has ended.
pub(super) fn ended(progress: Arc<Progress>, now: Now) -> [Step; 2] {
    let event = Stamp {
        revision: progress.revision,
        at: now.time,
        actor: progress.actor.clone(),
        action: format!("wait ended: {}", progress.ending.map_or("", Ending::name)),
        reason: None,
    };
    let service = progress.service.clone();
    [Step::BarrierEnded(progress), Step::Event { service, event }]
}

/// The process of a report is a member.
pub(super) fn joined(service: &str, heard: &LastReport, token: String) -> Step {
    let report = &heard.report;
    Step::Joined {
        service: service.to_owned(),
        member: StoredMember {
            id: report.id.clone(),
            kind: report.kind.clone(),
            wait: report.wait,
            lease: report.lease,
            joined: heard.time,
            token,
        },
    }
}

#[cfg(test)]
mod tests;
