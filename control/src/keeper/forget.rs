use tracing::info;

use crate::fleet::Forgetting;
use crate::keeper::asker::Asker;
use crate::keeper::keep::now;
use crate::keeper::{ChangeError, Keeper};
use crate::store::{Once, Stamp};

/// What an operator answers for: a node of this name, and perhaps only its process of this boot.
#[derive(Clone, Debug)]
pub(crate) struct Forget {
    pub(crate) service: String,
    pub(crate) node: String,
    pub(crate) boot: Option<String>,
    pub(crate) actor: String,
    pub(crate) reason: Option<String>,
    /// Whether it is to be done once, however often it is asked.
    pub(crate) once: Option<Once>,
}

impl Keeper {
    /// Forgets the members that are meant and lost, and the silent threads of those that live.
    pub(crate) fn forget(&self, asked: Forget) -> Result<Forgetting, ChangeError> {
        let Forget {
            service,
            node,
            boot,
            actor,
            reason,
            once,
        } = asked;
        let mut store = self.lock();
        let (once, now) = (once.as_ref(), now());
        let asker = Asker {
            actor: &actor,
            once,
        };
        if let Some(forgetting) = asker.recall(&store, now)? {
            return Ok(forgetting);
        }
        let published = self.service(&service)?;
        let forgetting = self.fleet().find(&service, &node, boot.as_deref());
        if forgetting.is_idle() {
            return Err(match forgetting.kept {
                kept if kept.is_empty() => ChangeError::UnknownNode { service, node },
                kept => ChangeError::LiveNode {
                    service,
                    node,
                    kept,
                },
            });
        }
        let stamp = Stamp {
            revision: published.state.revision,
            at: now,
            actor: actor.clone(),
            action: format!("node forget {node}"),
            reason,
        };
        let memo = asker.memo(now, &forgetting);
        store.forget_members(&service, &forgetting, &stamp, memo.as_ref())?;
        self.fleet().forget(&service, &forgetting);
        info!(
            service,
            node,
            actor,
            removed = forgetting.removed.len(),
            forgiven = forgetting.forgiven.len(),
            "forgotten"
        );
        Ok(forgetting)
    }
}
