//! What nodes report, measured by the history of the store.

use std::cmp::Ordering;
use std::sync::Arc;

use intermission_core::{Report, State, StateTag};
use tracing::{error, warn};

use crate::fleet::{LastReport, Position, Reported, Unsettled};
use crate::registry::error::ChangeError;
use crate::registry::memory::Memory;
use crate::registry::published::Published;
use crate::registry::registry::Registry;
use crate::store::{Batch, Step, Store, StoreError, StoredMember};
use crate::token::Grant;
use crate::values::etag::tag_of;
use crate::values::now::Now;
use crate::wire::barrier::{Ending, Progress};
use crate::wire::forgotten::Forgotten;
use crate::wire::node::{MemberId, UnstoredNode};
use crate::wire::stamp::Stamp;

/// What a report leads to.
#[derive(Debug)]
pub(crate) enum Reaction {
    /// Memory has all of it.
    Taken,
    /// The store has to take something too, before the answer if it can.
    Store(Box<LastReport>),
}

impl Registry {
    /// Takes a report that came with the token of this name. A node that is no member is noted as not stored by then.
    pub(crate) fn report(
        &self,
        service: &str,
        report: Report,
        token: &str,
        now: Now,
    ) -> Result<Reaction, ChangeError> {
        self.memory().report(service, report, token, now)
    }

    /// Stores what a report has changed of its process.
    ///
    /// # Errors
    ///
    /// Where a member that has left could not be removed.
    pub(crate) fn settle(
        &self,
        service: &str,
        mut heard: LastReport,
        grant: &Grant,
    ) -> Result<(), ChangeError> {
        if heard.position == Position::Unproven {
            heard.position = look_up(&**self.lock(), service, &heard.report)?;
            self.fleet().place(service, &heard);
        }
        // The process may have left while the store took it.
        loop {
            let stored = self.commit(|_, memory, now| {
                let batch = memory.settle(service, &heard, grant, now);
                let is_settled = batch.0.is_empty();
                Ok((batch, is_settled))
            });
            match stored {
                Ok(true) => return Ok(()),
                Ok(false) => self.memory().settled(service, &heard, grant),
                Err(error) => {
                    let memory = self.memory();
                    return Ok(memory.not_settled(service, &heard, grant, error, Now::read())?);
                }
            }
        }
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
        self.memory()
            .note_unstored(service, node, token, reason, now);
    }

    /// Ends barriers: on the disk first, and then for those who wait.
    pub(crate) fn end_barriers(&self, ended: Vec<Arc<Progress>>) {
        for progress in ended {
            let stored = self.commit(|_, memory, now| {
                Ok::<_, StoreError>((memory.end_barrier(&progress, now), ()))
            });
            if let Err(error) = stored {
                // The command learns of it all the same; it is tried again.
                let Progress { id, service, .. } = &*progress;
                error!(service, barrier = id, %error, "the end of a barrier cannot be kept");
                self.fleet().complete_unstored(progress, Now::read());
            }
        }
    }

    /// How the barrier `id` ended, if it has.
    pub(crate) fn ended_barrier(&self, id: &str) -> Result<Option<Progress>, ChangeError> {
        Ok(self.lock().ended_barrier(id)?)
    }
}

impl Memory {
    pub(crate) fn report(
        &self,
        service: &str,
        report: Report,
        token: &str,
        now: Now,
    ) -> Result<Reaction, ChangeError> {
        let position = position(&*self.service(service)?, &report);
        let heard = LastReport::new(report, position, now);
        Ok(match self.fleet().report(service, heard, token) {
            Reported::Taken => Reaction::Taken,
            Reported::Unsettled(heard) => Reaction::Store(heard),
        })
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
        let joined = |token| Step::Joined {
            service: service.to_owned(),
            member: StoredMember {
                id: id(),
                kind: report.kind.clone(),
                wait: report.wait,
                lease: report.lease,
                joined: heard.time,
                token,
            },
        };
        Batch(match self.fleet().unsettled(service, heard, now) {
            Unsettled::Nothing => Vec::new(),
            Unsettled::Joins if self.is_full(grant, now) => {
                let Grant {
                    name, max_members, ..
                } = grant;
                let reason =
                    format!("the token {name} has {max_members} members, and may have no more");
                let node = UnstoredNode::Process(id());
                self.note_unstored(service, node, name, Some(reason), now);
                Vec::new()
            }
            Unsettled::Joins => vec![joined(grant.name.clone())],
            Unsettled::Leaves => vec![Step::Left {
                service: service.to_owned(),
                id: id(),
            }],
            Unsettled::Differs { token, unforgiven } => {
                let unforgiven = Step::Unforgiven {
                    service: service.to_owned(),
                    threads: Forgotten {
                        id: id(),
                        silent: unforgiven,
                    },
                };
                vec![unforgiven, joined(token)]
            }
        })
    }

    /// Takes the report of a process that is a member by now.
    pub(crate) fn settled(&self, service: &str, heard: &LastReport, grant: &Grant) {
        let _ = self.fleet().report(service, heard.clone(), &grant.name);
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
        match self.fleet().unsettled(service, heard, now) {
            Unsettled::Nothing => {}
            Unsettled::Leaves => return Err(error),
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

    pub(crate) fn note_unstored(
        &self,
        service: &str,
        node: UnstoredNode,
        token: &str,
        reason: Option<String>,
        now: Now,
    ) {
        let fleet = self.fleet();
        if fleet.note_unstored(service, node.clone(), token, reason.clone(), now) {
            let (name, unreadable) = match node {
                UnstoredNode::Process(id) => (id.name, None),
                UnstoredNode::Unreadable { reason, .. } => (String::new(), Some(reason)),
            };
            let reason = reason.or(unreadable).unwrap_or_default();
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
        self.fleet().count(&grant.name, now) >= most
    }

    /// The batch that ends a barrier as it was judged a moment ago, if that still holds.
    pub(crate) fn end_barrier(&self, progress: &Arc<Progress>, now: Now) -> Batch {
        if !self.fleet().confirm(progress, now) {
            return Batch::default();
        }
        let event = Stamp {
            revision: progress.revision,
            at: now.time,
            actor: progress.actor.clone(),
            action: format!("wait ended: {}", progress.ending.map_or("", Ending::name)),
            reason: None,
        };
        let service = progress.service.clone();
        Batch(vec![
            Step::BarrierEnded(Arc::clone(progress)),
            Step::Event { service, event },
        ])
    }
}

/// What a node has in force, as far as memory knows it.
fn position(service: &Published, report: &Report) -> Position {
    let Some(applied) = &report.applied else {
        return Position::Before;
    };
    let Ok(applied) = applied.parse::<StateTag>() else {
        return Position::Forked;
    };
    match applied.partial_cmp(&service.tag) {
        Some(Ordering::Equal) => Position::At(applied.revision()),
        // It goes on from there.
        Some(Ordering::Less) if applied.store() != service.tag.store() => Position::Before,
        Some(Ordering::Less) if service.comes_after(&applied) => Position::At(applied.revision()),
        Some(Ordering::Less) => Position::Unproven,
        Some(Ordering::Greater) | None => Position::Forked,
    }
}

/// What a node has in force, by the store's own history.
fn look_up(store: &dyn Store, service: &str, report: &Report) -> Result<Position, StoreError> {
    let applied = report.applied.as_deref().unwrap_or_default();
    let Ok(applied) = applied.parse::<StateTag>() else {
        return Ok(Position::Forked);
    };
    let Some(document) = store.document(service, applied.revision())? else {
        return Ok(Position::Forked);
    };
    let state = State::parse(document.as_bytes()).map_err(StoreError::unchanged)?;
    Ok(match tag_of(&state, document.as_bytes()) == applied {
        true => Position::At(applied.revision()),
        false => Position::Forked,
    })
}
