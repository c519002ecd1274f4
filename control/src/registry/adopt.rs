use std::sync::Arc;

use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::published::Published;
use crate::registry::registry::Registry;
use crate::registry::registry::now;
use crate::store::{IdempotencyKey, Save};
use crate::wire::stamp::Stamp;
use crate::wire::summary::Outcome;

impl Registry {
    /// Gives the store a new identity, and each service a revision in it, so that nodes go on to this history
    /// from whatever other they have seen.
    pub(crate) fn adopt(
        &self,
        actor: &str,
        reason: Option<&str>,
        once: Option<&IdempotencyKey>,
    ) -> Result<Vec<Outcome>, ChangeError> {
        let mut store = self.lock();
        let (requester, now) = (Requester { actor, once }, now());
        if let Some(outcomes) = requester.recall(&store, now)? {
            return Ok(outcomes);
        }
        let services = self.services();
        let identity = store.mint(now)?;
        let adopted = services.values().map(|before| {
            let mut state = before.state.clone();
            state.store = identity.as_str().into();
            state.revision += 1;
            let stamp = Stamp {
                revision: state.revision,
                at: now,
                actor: actor.to_owned(),
                action: "store adopt".to_owned(),
                reason: reason.map(str::to_owned),
            };
            let after = Published::new(
                state,
                stamp,
                before.summary.since.clone(),
                before.summary.timer.clone(),
            );
            (after.record(Some(before)), Arc::new(after))
        });
        let (records, changed): (Vec<_>, Vec<_>) = adopted.unzip();
        let outcomes: Vec<_> = changed
            .iter()
            .map(|after| self.outcome(after, true, Vec::new()))
            .collect();
        let stored_answer = requester.stored_answer(now, &outcomes);
        store.save(&Save {
            records: &records,
            stored_answer: stored_answer.as_ref(),
            identity: Some(&identity),
            ..Save::default()
        })?;
        self.publish(&services, changed);
        Ok(outcomes)
    }
}
