use tracing::{error, info};

use crate::fleet::{Expired, Selection};
use crate::values::now::Now;

use crate::wire::forgotten::Forgetting;

use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::registry::Registry;
use crate::registry::registry::now;
use crate::store::IdempotencyKey;
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
}

impl Registry {
    /// Forgets the members that are meant and lost, and the silent threads of those that live: all that are named,
    /// or none.
    pub(crate) fn forget(&self, asked: ForgetRequest) -> Result<Forgetting, ChangeError> {
        let ForgetRequest {
            service,
            selection,
            actor,
            reason,
            once,
        } = asked;
        let mut store = self.lock();
        let (once, now) = (once.as_ref(), now());
        let requester = Requester {
            actor: &actor,
            once,
        };
        if let Some(forgetting) = requester.recall(&store, now)? {
            return Ok(forgetting);
        }
        let published = self.service(&service)?;
        let found = self.fleet().find(&service, &selection, Now::read());
        let forgetting = &found.forgetting;
        self.check(&service, &selection, forgetting)?;
        let names = Vec::from_iter(forgetting.names()).join(" ");
        if found.is_idle() {
            return Ok(found.forgetting);
        }
        let stamp = Stamp {
            revision: published.state.revision,
            at: now,
            actor: actor.clone(),
            action: match selection {
                Selection::Unstored => format!("node forget --unstored: {names}"),
                _ => format!("node forget {names}"),
            },
            reason,
        };
        let stored_answer = requester.stored_answer(now, forgetting);
        store.forget_members(&service, forgetting, &stamp, stored_answer.as_ref())?;
        self.fleet()
            .forget(&service, &selection, &found, Now::read());
        info!(
            service,
            node = names,
            actor,
            removed = forgetting.removed.len(),
            forgiven = forgetting.forgiven.len(),
            unstored = forgetting.unstored.len(),
            "forgotten"
        );
        Ok(found.forgetting)
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
            let forgotten = self.forget(ForgetRequest {
                service: service.clone(),
                selection: Selection::Gone(ids),
                actor,
                reason: Some(reason),
                once: None,
            });
            if let Err(error) = forgotten {
                error!(service, ?error, "lost nodes cannot be forgotten");
            }
        }
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
