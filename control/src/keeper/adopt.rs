use std::sync::Arc;

use crate::keeper::keep::{now, outcome};
use crate::keeper::{ChangeError, Keeper, Published};
use crate::store::{Save, Stamp};
use crate::summary::Outcome;

impl Keeper {
    /// Gives the store a new identity, and each service a revision in it, so that nodes go on to this history
    /// from whatever other they have seen.
    pub(crate) fn adopt(
        &self,
        actor: &str,
        reason: Option<&str>,
    ) -> Result<Vec<Outcome>, ChangeError> {
        let mut store = self.lock();
        let (services, now) = (self.services(), now());
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
        store.save(&Save {
            records: &records,
            identity: Some(&identity),
            ..Save::default()
        })?;
        let outcomes = changed
            .iter()
            .map(|after| outcome(after, true, Vec::new()))
            .collect();
        self.publish(&services, changed);
        Ok(outcomes)
    }
}
