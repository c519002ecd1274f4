use std::sync::Arc;

use intermission_core::{Mode, ServiceName, State};

use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::published::Published;
use crate::registry::registry::Registry;
use crate::registry::registry::now;
use crate::store::{IdempotencyKey, Save};
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
        let mut store = self.lock();
        let (requester, now) = (Requester { actor, once }, now());
        if let Some(outcome) = requester.recall(&store, now)? {
            return Ok(outcome);
        }
        let services = self.services();
        if let Some(known) = services.get(name.as_str()) {
            let outcome = self.outcome(known, false, Vec::new());
            if let Some(stored_answer) = requester.stored_answer(now, &outcome) {
                store.save(&Save {
                    stored_answer: Some(&stored_answer),
                    ..Save::default()
                })?;
            }
            return Ok(outcome);
        }
        let mut state = State::initial(name, Mode::Off);
        state.store = store.identity().into();
        state.revision = 1;
        let stamp = Stamp {
            revision: state.revision,
            at: now,
            actor: actor.to_owned(),
            action: "add".to_owned(),
            reason: None,
        };
        let added = Arc::new(Published::new(state, stamp, None, None));
        let outcome = self.outcome(&added, true, Vec::new());
        let stored_answer = requester.stored_answer(now, &outcome);
        store.save(&Save {
            records: &[added.record(None)],
            stored_answer: stored_answer.as_ref(),
            ..Save::default()
        })?;
        self.publish(&services, [added]);
        Ok(outcome)
    }
}
