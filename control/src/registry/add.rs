use intermission_core::{Mode, ServiceName, State};

use crate::labels::Labels;
use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::store::{Batch, IdempotencyKey, Step, StoredState};
use crate::values::now::Now;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Outcome;

impl Registry {
    /// Adds a service, open, with the defaults of every field; one that is there already stays as
    /// it is.
    pub(crate) fn add(
        &self,
        name: ServiceName,
        actor: &str,
        once: Option<&IdempotencyKey>,
    ) -> Result<Outcome, ChangeError> {
        let requester = Requester { actor, once };
        self.commit_once(requester, |memory, now| Ok(memory.add(&name, actor, now)))
    }
}

impl Memory {
    pub(crate) fn add(&self, name: &ServiceName, actor: &str, now: Now) -> (Batch, Outcome) {
        let facts = self.facts();
        if let Some(known) = facts.services.get(name.as_str()) {
            let outcome = self.outcome(known.summary.clone(), false, Vec::new());
            return (Batch::default(), outcome);
        }
        let mut state = State::initial(name.clone(), Mode::Off);
        state.store = facts.identity.as_str().into();
        state.revision = facts.last_revision(name.as_str()) + 1;
        let stamp = Stamp {
            revision: state.revision,
            at: now.time,
            actor: actor.to_owned(),
            action: "add".to_owned(),
            reason: None,
        };
        let added = StoredState::new(state, stamp, None, None, Labels::default());
        let removed = facts.removed.get(name.as_str());
        let warnings = removed.map(|Stamp { actor, at, .. }| {
            format!("{name} was removed by {actor} at {at}; its history and its revisions go on")
        });
        let outcome = self.outcome(added.summary(), true, warnings.into_iter().collect());
        (Batch(vec![Step::Changed(Box::new(added))]), outcome)
    }
}
