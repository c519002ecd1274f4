use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::store::{Batch, Step, StoredState, mint_after};
use crate::values::now::Now;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Outcome;

impl Registry {
    /// Gives the store a new identity, and each service a revision in it, so that nodes go on to this history
    /// from whatever other they have seen.
    pub(crate) fn adopt(
        &self,
        requester: Requester<'_>,
        reason: Option<&str>,
    ) -> Result<Vec<Outcome>, ChangeError> {
        self.obey(requester, |memory, now| {
            memory.adopt(requester, reason, now)
        })
    }
}

impl Memory {
    pub(crate) fn adopt(
        &self,
        requester: Requester<'_>,
        reason: Option<&str>,
        now: Now,
    ) -> Result<(Batch, Vec<Outcome>), ChangeError> {
        let facts = self.facts();
        let identity = mint_after(&facts.identity, now.time)?;
        let mut steps = vec![Step::Identity(identity.clone())];
        let mut outcomes = Vec::new();
        for before in facts.services.values() {
            let mut state = before.state.clone();
            state.store = identity.as_str().into();
            state.revision += 1;
            let stamp = Stamp {
                revision: state.revision,
                at: now.time,
                actor: requester.actor.to_owned(),
                action: "store adopt".to_owned(),
                reason: reason.map(str::to_owned),
            };
            let (since, timer) = (before.summary.since.clone(), before.summary.timer.clone());
            let after = StoredState::new(state, stamp, since, timer, before.labels.clone());
            let mut outcome = self.outcome(after.summary(), true, Vec::new());
            outcome.preview = requester
                .dry_run
                .then(|| self.preview(before, Some(&after), now));
            outcomes.push(outcome);
            steps.push(Step::Changed(Box::new(after)));
        }
        Ok((Batch(steps), outcomes))
    }
}
