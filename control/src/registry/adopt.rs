use std::sync::Arc;

use crate::registry::error::ChangeError;
use crate::registry::idempotency::Asker;
use crate::registry::published::Published;
use crate::registry::registry::Keeper;
use crate::registry::registry::now;
use crate::store::{Once, Save};
use crate::wire::stamp::Stamp;
use crate::wire::summary::Outcome;

impl Keeper {
    /// Gives the store a new identity, and each service a revision in it, so that nodes go on to this history
    /// from whatever other they have seen.
    pub(crate) fn adopt(
        &self,
        actor: &str,
        reason: Option<&str>,
        once: Option<&Once>,
    ) -> Result<Vec<Outcome>, ChangeError> {
        let mut store = self.lock();
        let (asker, now) = (Asker { actor, once }, now());
        if let Some(outcomes) = asker.recall(&store, now)? {
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
        let memo = asker.memo(now, &outcomes);
        store.save(&Save {
            records: &records,
            memo: memo.as_ref(),
            identity: Some(&identity),
            ..Save::default()
        })?;
        self.publish(&services, changed);
        Ok(outcomes)
    }
}
