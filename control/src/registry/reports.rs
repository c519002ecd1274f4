//! What nodes say, measured by the history of the store.

use std::cmp::Ordering;
use std::sync::Arc;

use intermission_core::{State, StateTag};
use tracing::{error, info, warn};

use crate::values::now::Now;
use crate::wire::barrier::{Ending, Progress};

use crate::fleet::{LastReport, Member, Node, Position, Report, Reported};

use crate::registry::error::ChangeError;
use crate::registry::published::Published;
use crate::registry::registry::Registry;
use crate::registry::registry::now;
use crate::registry::resume::stored_member;
use crate::store::{Store, StoreError};
use crate::token::Grant;
use crate::values::etag::tag_of;
use crate::wire::node::MemberId;
use crate::wire::stamp::Stamp;

impl Registry {
    /// What a node has in force, if that is known without the store.
    fn position_at_hand(&self, service: &Published, report: &Report) -> Option<Position> {
        let Some(applied) = &report.applied else {
            return Some(Position::Before);
        };
        let Ok(applied) = applied.parse::<StateTag>() else {
            return Some(Position::Forked);
        };
        let known = match applied.partial_cmp(&service.tag) {
            Some(Ordering::Equal) => true,
            // It goes on from there.
            Some(Ordering::Less) if applied.store() != service.tag.store() => {
                return Some(Position::Before);
            }
            Some(Ordering::Less) => service.comes_after(&applied),
            Some(Ordering::Greater) | None => return Some(Position::Forked),
        };
        match known {
            true => Some(Position::At(applied.revision())),
            false => self.fleet().position(&service.summary.service, report),
        }
    }

    /// Takes a report that came with `token`, if that can be done without the store; gives it back where it cannot.
    /// A node that is no member is noted as not stored by then.
    pub(crate) fn report_in_memory(
        &self,
        service: &str,
        report: Report,
        token: &str,
    ) -> Result<Option<Report>, ChangeError> {
        let (published, now) = (self.service(service)?, Now::read());
        let Some(position) = self.position_at_hand(&published, &report) else {
            self.fleet().note_unknown(service, &report.id, token, now);
            return Ok(Some(report));
        };
        match self
            .fleet()
            .report(service, report.clone(), position, token, now)
        {
            Reported::Known => Ok(None),
            Reported::Changed | Reported::Left | Reported::Unknown => Ok(Some(report)),
        }
    }

    /// Takes a report, and stores the node if it is new, or removes it if it leaves.
    pub(crate) fn report(
        &self,
        service: &str,
        report: Report,
        grant: &Grant,
    ) -> Result<(), ChangeError> {
        let mut store = self.lock();
        let (published, now) = (self.service(service)?, Now::read());
        let position = match self.position_at_hand(&published, &report) {
            Some(position) => position,
            None => look_up(&store, service, &report)?,
        };
        let news = (self.fleet()).report(service, report.clone(), position, &grant.name, now);
        match news {
            Reported::Known => {}
            Reported::Changed => {
                // It counts in memory already. Its next report tries again.
                if let Err(error) = self.settle(&mut store, service, &report.id, &grant.name) {
                    let MemberId { name, boot } = &report.id;
                    error!(service, node = name, boot, %error, "what changed of a node cannot be stored");
                }
            }
            Reported::Left => store.remove_member(service, &report.id)?,
            Reported::Unknown => {
                let node = Node::Process(report.id.clone());
                if self.is_full(grant) {
                    let Grant {
                        name, max_members, ..
                    } = grant;
                    let reason =
                        format!("the token {name} has {max_members} members, and may have no more");
                    self.note_unstored(service, node, name, Some(reason));
                    return Ok(());
                }
                let member = Member::new(LastReport::new(report, position, now), &grant.name);
                if let Err(error) = store.save_member(service, &stored_member(&member)) {
                    let reason = format!("the store cannot take it: {error}");
                    self.note_unstored(service, node, &grant.name, Some(reason));
                    return Ok(());
                }
                let id = member.id.clone();
                info!(
                    service,
                    node = id.name,
                    boot = id.boot,
                    kind = member.kind,
                    "joined"
                );
                if !self.fleet().join(service, member, Now::read()) {
                    store.remove_member(service, &id)?;
                }
            }
        }
        Ok(())
    }

    /// Takes note of a node that gets the state and is no member.
    pub(crate) fn note_unstored(
        &self,
        service: &str,
        node: Node,
        token: &str,
        reason: Option<String>,
    ) {
        let fleet = self.fleet();
        if fleet.note_unstored(service, node.clone(), token, reason.clone(), Now::read()) {
            let (name, unreadable) = match node {
                Node::Process(id) => (id.name, None),
                Node::Unreadable { reason, .. } => (String::new(), Some(reason)),
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

    /// Stores which threads of a member speak again, and the token that it reports with.
    fn settle(
        &self,
        store: &mut Store,
        service: &str,
        id: &MemberId,
        token: &str,
    ) -> Result<(), StoreError> {
        let heard_again = self.fleet().heard_again(service, id);
        if !heard_again.silent.is_empty() {
            store.unforgive(service, &heard_again)?;
            self.fleet().unforgive(service, &heard_again);
        }
        if let Some(member) = self.fleet().member(service, id) {
            store.save_member(service, &stored_member(&member))?;
            self.fleet().token_stored(service, id, token);
        }
        Ok(())
    }

    /// Whether no more nodes may come with a token. Lost nodes do not count.
    fn is_full(&self, grant: &Grant) -> bool {
        let most = usize::try_from(grant.max_members).unwrap_or(usize::MAX);
        self.fleet().count(&grant.name, Now::read()) >= most
    }

    /// Ends barriers: on the disk first, and then for those who wait.
    pub(crate) fn end_barriers(&self, ended: Vec<Arc<Progress>>) {
        for progress in ended {
            let ending = progress.ending.map_or("", Ending::name);
            let Progress {
                id,
                service,
                revision,
                actor,
                ..
            } = &*progress;
            let stamp = Stamp {
                revision: *revision,
                at: now(),
                actor: actor.clone(),
                action: format!("wait ended: {ending}"),
                reason: None,
            };
            let mut store = self.lock();
            // An earlier try, which the disk held up, may have stored it meanwhile. While the store is held, nothing is
            // published and no node joins.
            if !self.fleet().confirm(&progress, Now::read()) {
                continue;
            }
            if let Err(error) = store.end_barrier(&progress, &stamp) {
                // The command learns of it all the same; it is tried again.
                error!(service, barrier = id, %error, "the end of a barrier cannot be kept");
                self.fleet().complete_unstored(progress, Now::read());
                continue;
            }
            drop(store);
            info!(
                service,
                revision,
                actor,
                ending,
                nodes = progress.nodes,
                "wait ended"
            );
            self.fleet().complete(progress);
        }
    }

    /// How the barrier `id` ended, if it has.
    pub(crate) fn ended_barrier(&self, id: &str) -> Result<Option<Progress>, ChangeError> {
        Ok(self.lock().ended_barrier(id)?)
    }
}

/// What a node has in force, by the store's own history.
fn look_up(store: &Store, service: &str, report: &Report) -> Result<Position, StoreError> {
    let applied = report.applied.as_deref().unwrap_or_default();
    let Ok(applied) = applied.parse::<StateTag>() else {
        return Ok(Position::Forked);
    };
    let Some(document) = store.document(service, applied.revision())? else {
        return Ok(Position::Forked);
    };
    let state = State::parse(document.as_bytes()).map_err(StoreError::corrupt)?;
    Ok(match tag_of(&state, document.as_bytes()) == applied {
        true => Position::At(applied.revision()),
        false => Position::Forked,
    })
}
