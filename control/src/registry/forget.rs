use tracing::error;

use crate::fleet::{Expired, Selection};
use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::store::{Batch, IdempotencyKey, Step};
use crate::values::now::Now;
use crate::wire::forgotten::Forgetting;
use crate::wire::node::MemberId;
use crate::wire::stamp::Stamp;

/// What an operator answers for.
#[derive(Clone, Debug)]
pub(crate) struct ForgetRequest {
    pub(crate) service: String,
    pub(crate) selection: Selection,
    pub(crate) actor: String,
    pub(crate) reason: Option<String>,
    /// Whether it is to be done once, however often it is asked.
    pub(crate) once: Option<IdempotencyKey>,
    /// Whether it is only to be said what would be forgotten.
    pub(crate) dry_run: bool,
}

impl Registry {
    /// Forgets the members that are meant and lost, and the silent threads of those that live: all that are named,
    /// or none.
    pub(crate) fn forget(&self, asked: &ForgetRequest) -> Result<Forgetting, ChangeError> {
        let requester = Requester {
            actor: &asked.actor,
            once: asked.once.as_ref(),
            dry_run: asked.dry_run,
        };
        self.obey(requester, |memory, now| memory.forget(asked, now))
    }

    /// Forgets members by an operator's standing word, each audited. What fails is logged, and comes again.
    pub(crate) fn forget_expired(&self, expired: Vec<Expired>) {
        for Expired {
            service,
            ids,
            actor,
            reason,
        } in expired
        {
            let forgotten = self.forget(&ForgetRequest {
                service: service.clone(),
                selection: Selection::Gone(ids),
                actor,
                reason: Some(reason),
                once: None,
                dry_run: false,
            });
            if let Err(error) = forgotten {
                error!(service, ?error, "lost nodes cannot be forgotten");
            }
        }
    }
}

impl Memory {
    pub(crate) fn forget(
        &self,
        asked: &ForgetRequest,
        now: Now,
    ) -> Result<(Batch, Forgetting), ChangeError> {
        let ForgetRequest {
            service, selection, ..
        } = asked;
        let published = self.service(service)?;
        let mut fleet = self.lock();
        let known = fleet.known(now).instant;
        let (forgetting, unstored) = fleet.of(service).find(selection, known);
        drop(fleet);
        self.check(service, selection, &forgetting)?;
        let (nodes, more) = unstored;
        if asked.dry_run || forgetting.is_idle() && more == 0 {
            return Ok((Batch::default(), forgetting));
        }
        let mut steps = Vec::new();
        for threads in &forgetting.removed {
            self.lock().of(service).begin_to_forget(&threads.id);
            steps.push(Step::Forgotten {
                service: service.clone(),
                id: threads.id.clone(),
                was_lost: !matches!(selection, Selection::Process(_)),
            });
        }
        let silent = forgetting.removed.iter().chain(&forgetting.forgiven);
        for threads in silent.filter(|threads| !threads.silent.is_empty()) {
            steps.push(Step::Forgiven {
                service: service.clone(),
                threads: threads.clone(),
            });
        }
        if matches!(selection, Selection::Unstored) {
            steps.push(Step::UnstoredForgotten {
                service: service.clone(),
                nodes,
                more,
            });
        }
        let names = Vec::from_iter(forgetting.names()).join(" ");
        let event = Stamp {
            revision: published.state.revision,
            at: now.time,
            actor: asked.actor.clone(),
            action: match selection {
                Selection::Unstored => format!("node forget --unstored: {names}"),
                _ => format!("node forget {names}"),
            },
            reason: asked.reason.clone(),
        };
        steps.push(Step::Event {
            service: service.clone(),
            event,
        });
        Ok((Batch(steps), forgetting))
    }

    /// That everybody who is named is there, and something becomes of them.
    fn check(
        &self,
        service: &str,
        selection: &Selection,
        forgetting: &Forgetting,
    ) -> Result<(), ChangeError> {
        let service = service.to_owned();
        match selection {
            Selection::Lost | Selection::Gone(_) | Selection::Token(_) | Selection::Unstored => {
                Ok(())
            }
            Selection::Process(_) if !forgetting.is_idle() => Ok(()),
            Selection::Process(MemberId { name, boot }) => {
                let (node, boot) = (name.clone(), boot.clone());
                let known = self.fleet().boots(&service, name);
                Err(if known.is_empty() {
                    ChangeError::UnknownNode { service, node }
                } else {
                    ChangeError::UnknownBoot {
                        service,
                        node,
                        boot,
                        known,
                    }
                })
            }
            Selection::Named(names) => {
                let touched = forgetting.names();
                let mut idle = names.iter().filter(|name| !touched.contains(name.as_str()));
                let Some(node) = idle.next().cloned() else {
                    return Ok(());
                };
                let Forgetting { kept, .. } = forgetting.of(&node);
                Err(if kept.is_empty() {
                    ChangeError::UnknownNode { service, node }
                } else {
                    ChangeError::LiveNode {
                        service,
                        node,
                        kept,
                    }
                })
            }
        }
    }
}
