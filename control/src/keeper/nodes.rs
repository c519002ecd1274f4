//! What nodes say, measured by the history of the store.

use std::cmp::Ordering;
use std::sync::Arc;

use intermission_core::State;
use tracing::{error, info, warn};

use crate::etag::ETag;
use crate::fleet::{Ending, Heard, Member, MemberId, News, Position, Progress, Report};
use crate::keeper::keep::now;
use crate::keeper::{ChangeError, Keeper, Published};
use crate::store::{Stamp, Store, StoreError};
use crate::token::Grant;

impl Keeper {
    /// What a node has in force, if that can be told without the store.
    fn position_at_hand(&self, service: &Published, report: &Report) -> Option<Position> {
        let Some(applied) = &report.applied else {
            return Some(Position::Before);
        };
        if service.etag.is(applied) {
            return Some(Position::At(service.state.revision));
        }
        let Some((store, revision)) = ETag::parts(applied) else {
            return Some(Position::Forked);
        };
        let State {
            store: own,
            revision: last,
            ..
        } = &service.state;
        match (store.cmp(own), revision.cmp(last)) {
            // It goes on from there.
            (Ordering::Less, _) => Some(Position::Before),
            (Ordering::Equal, Ordering::Less) if service.comes_after(applied) => {
                Some(Position::At(revision))
            }
            (Ordering::Equal, Ordering::Less) => {
                self.fleet().position(&service.summary.service, report)
            }
            _ => Some(Position::Forked),
        }
    }

    /// Takes a report, if that can be done without the store; gives it back where it cannot.
    pub(crate) fn hear_at_once(
        &self,
        service: &str,
        report: Report,
    ) -> Result<Option<Report>, ChangeError> {
        let published = self.service(service)?;
        let Some(position) = self.position_at_hand(&published, &report) else {
            return Ok(Some(report));
        };
        match self.fleet().hear(service, report.clone(), position) {
            News::Heard => Ok(None),
            News::Spoke | News::Left | News::Stranger => Ok(Some(report)),
        }
    }

    /// Takes a report, and keeps whoever is new, or lets go who has left.
    pub(crate) fn hear(
        &self,
        service: &str,
        report: Report,
        grant: &Grant,
    ) -> Result<(), ChangeError> {
        let mut store = self.lock();
        let published = self.service(service)?;
        let position = match self.position_at_hand(&published, &report) {
            Some(position) => position,
            None => look_up(&store, service, &report)?,
        };
        match self.fleet().hear(service, report.clone(), position) {
            News::Heard => {}
            News::Spoke => {
                let spoken = self.fleet().spoken(service, &report.id);
                match store.take_back(service, &spoken) {
                    Ok(()) => self.fleet().take_back(service, &spoken),
                    // It counts in memory already, and a member gets the state from any disk. Its next report
                    // tries again.
                    Err(error) => {
                        let MemberId { name, boot } = &report.id;
                        error!(service, node = name, boot, %error, "that silent threads speak again cannot be kept");
                    }
                }
            }
            News::Left => store.remove_member(service, &report.id)?,
            News::Stranger => {
                let most = grant.max_members;
                if self.is_full(grant) {
                    let token = grant.name.clone();
                    warn!(
                        token,
                        service, most, "refused: too many nodes come with the token"
                    );
                    return Err(ChangeError::TooManyMembers { token, most });
                }
                let member = Member::new(Heard::now(report, position), &grant.name);
                store.save_member(service, &member)?;
                info!(
                    service,
                    node = member.id.name,
                    boot = member.id.boot,
                    kind = member.kind,
                    "joined"
                );
                self.fleet().join(service, member);
            }
        }
        Ok(())
    }

    /// Whether no more nodes may come with a token. Those that are lost keep nobody out, but what a token fills is
    /// bounded.
    fn is_full(&self, grant: &Grant) -> bool {
        const WITH_THE_LOST: usize = 10;
        let most = usize::try_from(grant.max_members).unwrap_or(usize::MAX);
        let (there, all) = self.fleet().count(&grant.name);
        there >= most || all >= most.saturating_mul(WITH_THE_LOST)
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
            if let Err(error) = self.lock().end_barrier(&progress, &stamp) {
                // Who waits is told all the same; it is tried again.
                error!(service, barrier = id, %error, "the end of a barrier cannot be kept");
                self.fleet().tell_unkept(progress);
                continue;
            }
            info!(
                service,
                revision,
                actor,
                ending,
                nodes = progress.nodes,
                "wait ended"
            );
            self.fleet().tell(progress);
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
    let Some((_, revision)) = ETag::parts(applied) else {
        return Ok(Position::Forked);
    };
    let Some(document) = store.document(service, revision)? else {
        return Ok(Position::Forked);
    };
    let state = State::parse(document.as_bytes()).map_err(StoreError::corrupt)?;
    let known = ETag::of(&state.store, revision, document.as_bytes());
    Ok(if known.is(applied) {
        Position::At(revision)
    } else {
        Position::Forked
    })
}
