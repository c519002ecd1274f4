use std::net::IpAddr;

use intermission_core::{Mode, State};
use jiff::Timestamp;

use crate::change::{
    Change, advice, check_format, format_advice, matters_to_nodes, own_address, probed_advice,
};
use crate::registry::error::ChangeError;
use crate::registry::facts::{Published, Target};
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::store::{
    Batch, IdempotencyKey, OpenError, Step, StoreError, StoredBarrier, StoredState,
};
use crate::values::etag::Condition;
use crate::values::now::Now;
use crate::values::random::random;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Outcome;
use crate::wire::wait::Wait;
use intermission_core::FieldError;

/// A change, and who asks for it.
#[derive(Clone, Debug)]
pub(crate) struct ChangeRequest {
    pub(crate) change: Change,
    /// What the requester believes is in force.
    pub(crate) expected: Option<Condition>,
    pub(crate) actor: String,
    pub(crate) reason: Option<String>,
    /// Where the requester's connection comes from.
    pub(crate) caller: Option<IpAddr>,
    /// Whether it is to be done once, however often it is asked.
    pub(crate) once: Option<IdempotencyKey>,
    /// How it is waited for until it is in force everywhere.
    pub(crate) wait: Option<Wait>,
}

impl ChangeRequest {
    /// Who asks, so that a retry gets the same answer.
    fn requester(&self) -> Requester<'_> {
        Requester {
            actor: &self.actor,
            once: self.once.as_ref(),
        }
    }

    /// The barrier that waits for `state`.
    fn barrier(
        &self,
        wait: &Wait,
        state: &State,
        now: Timestamp,
    ) -> Result<StoredBarrier, StoreError> {
        let random = random().map_err(|error| StoreError::unchanged(OpenError::Random(error)))?;
        Ok(StoredBarrier {
            id: format!("{:032x}", random),
            service: state.service.as_str().to_owned(),
            revision: state.revision,
            wait: wait.clone(),
            actor: self.actor.clone(),
            began: now,
            superseded_by: None,
        })
    }

    /// What `before` becomes, if it becomes anything else.
    fn apply(
        &self,
        before: &Published,
        now: Timestamp,
    ) -> Result<(Option<StoredState>, Vec<String>), ChangeError> {
        let service = &before.summary.service;
        if let Some(expected) = &self.expected
            && !expected.names_exactly(before.tag.as_str())
        {
            return Err(ChangeError::Lost {
                service: service.clone(),
                revision: before.state.revision,
                tag: before.tag.clone(),
            });
        }
        let refuse = |invalid| ChangeError::Invalid {
            service: service.clone(),
            invalid,
        };
        let mut after = self.change.apply(&before.state, now).map_err(refuse)?;
        let stamp = Stamp {
            revision: before.state.revision + 1,
            at: now,
            actor: self.actor.clone(),
            action: self.change.action(),
            reason: self.reason.clone(),
        };
        let running = before.summary.timer.as_ref();
        let timer = self.change.set_timer(running, &mut after, &stamp);
        let mut warnings = advice(&self.change, &before.state, &after);
        warnings.extend(own_address(&self.change, &after, self.caller));
        warnings.extend(self.change.timer_advice(
            &before.summary.last_change,
            &before.state,
            &after,
            &stamp,
            timer.as_ref(),
        ));
        if after == before.state && timer.as_ref() == running {
            if self.reason.is_some() {
                warnings.push("nothing changed, so the reason is not kept".to_owned());
            }
            return Ok((None, warnings));
        }
        after.revision = stamp.revision;
        before.state.may_become(&after).map_err(refuse)?;
        // Nothing is stored that a node, or this store when it is opened again, would refuse.
        if State::parse(&after.to_json()).map_err(|error| refuse(error.into()))? != after {
            return Err(refuse(FieldError::new(
                "",
                "would not be read as it is written",
            )));
        }
        let since = match (before.state.maintenance, after.maintenance) {
            (_, Mode::Off) => None,
            (Mode::Off, _) => Some(stamp.clone()),
            _ => before.summary.since.clone(),
        };
        let after = StoredState::new(after, stamp, since, timer);
        Ok((Some(after), warnings))
    }
}

impl Registry {
    /// Makes a change in all services of `target`, or in none.
    pub(crate) fn change(
        &self,
        target: &Target,
        asked: &ChangeRequest,
    ) -> Result<Vec<Outcome>, ChangeError> {
        self.commit_once(asked.requester(), |memory, now| {
            memory.change(target, asked, now)
        })
    }
}

impl Memory {
    pub(crate) fn change(
        &self,
        target: &Target,
        asked: &ChangeRequest,
        now: Now,
    ) -> Result<(Batch, Vec<Outcome>), ChangeError> {
        let facts = self.facts();
        let mut outcomes = Vec::new();
        let (mut changed, mut barriers) = (Vec::new(), Vec::new());
        for before in facts.select(target)? {
            let (after, mut warnings) = asked.apply(before, now.time)?;
            let state = after.as_ref().map_or(&before.state, |after| &after.state);
            warnings.extend(self.advice_about_nodes(asked, &before.state, state, now)?);
            let summary = after
                .as_ref()
                .map_or_else(|| before.summary.clone(), StoredState::summary);
            let mut outcome = self.outcome(summary, after.is_some(), warnings);
            if let Some(wait) = &asked.wait {
                let barrier = asked.barrier(wait, state, now.time)?;
                outcome.barrier = Some(barrier.id.clone());
                barriers.push(Step::BarrierBegan(barrier));
            }
            outcomes.push(outcome);
            changed.extend(after.map(|after| Step::Changed(Box::new(after))));
        }
        changed.extend(barriers);
        Ok((Batch(changed), outcomes))
    }

    /// Warnings about the nodes of a service; an error if one of them could not read the new state.
    fn advice_about_nodes(
        &self,
        asked: &ChangeRequest,
        before: &State,
        after: &State,
        now: Now,
    ) -> Result<Vec<String>, ChangeError> {
        let mut warnings = Vec::new();
        if matters_to_nodes(&asked.change, before, after) {
            let service = after.service.as_str();
            let fleet = self.fleet();
            let living: Vec<_> = fleet.living(service, now).collect();
            if matches!(asked.change, Change::Enter(_)) {
                warnings.extend(probed_advice(&living, after, now.time));
            }
            check_format(before, after, &living).map_err(|invalid| ChangeError::Invalid {
                service: service.to_owned(),
                invalid,
            })?;
            warnings.extend(format_advice(before, after, &living));
        }
        Ok(warnings)
    }
}
