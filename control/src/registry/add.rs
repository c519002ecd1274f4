use std::iter;

use intermission_core::{Mode, ServiceName};

use crate::labels::Labels;
use crate::registry::error::ChangeError;
use crate::registry::facts::Published;
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::store::{Batch, Step, StoredState};
use crate::values::now::Now;
use crate::wire::removed::Removed;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Outcome;

impl Registry {
    /// Adds a service, open, with the defaults of every field. One that is there already stays as it is, and one that was
    /// removed in maintenance is in maintenance again.
    pub(crate) fn add(
        &self,
        name: ServiceName,
        requester: Requester<'_>,
    ) -> Result<Outcome, ChangeError> {
        self.obey(requester, |memory, now| {
            Ok(memory.add(&name, requester, now))
        })
    }
}

impl Memory {
    pub(crate) fn add(
        &self,
        name: &ServiceName,
        requester: Requester<'_>,
        now: Now,
    ) -> (Batch, Outcome) {
        let facts = self.facts();
        if let Some(known) = facts.services.get(name.as_str()) {
            let mut outcome = self.outcome(known.summary.clone(), false, Vec::new());
            outcome.preview = requester.dry_run.then(|| self.preview(known, None, now));
            return (Batch::default(), outcome);
        }
        let left_by = facts.left_by(name.as_str());
        let before = Published::unborn(name, &facts.identity, left_by, now.time);
        let mut state = before.state.clone();
        state.revision += 1;
        let stamp = Stamp {
            revision: state.revision,
            at: now.time,
            actor: requester.actor.to_owned(),
            action: "add".to_owned(),
            reason: None,
        };
        let since = (state.maintenance != Mode::Off).then(|| stamp.clone());
        let added = StoredState::new(state, stamp, since, None, Labels::default());
        let removed = facts.removed.get(name.as_str());
        let warnings = removed.map_or_else(Vec::new, |removed| kept(name.as_str(), removed));
        let mut outcome = self.outcome(added.summary(), true, warnings);
        outcome.preview = requester
            .dry_run
            .then(|| self.preview(&before, Some(&added), now));
        (Batch(vec![Step::Changed(Box::new(added))]), outcome)
    }
}

/// What a service keeps of the time before it was removed, if it is added again.
pub(super) fn kept(service: &str, removed: &Removed) -> Vec<String> {
    let Stamp {
        actor,
        at,
        revision,
        ..
    } = &removed.stamp;
    let mode = removed.mode();
    let history =
        format!("{service} was removed by {actor} at {at}; its history and its revisions go on");
    let maintenance = (mode != Mode::Off).then(|| {
        format!(
            "{service} was in maintenance, mode {mode}, when it was removed, and is so again, without a scope: intermission \
             rollback {service} {revision} restores its whole state, and intermission exit {service} opens it"
        )
    });
    iter::once(history).chain(maintenance).collect()
}
