use std::net::IpAddr;
use std::time::Instant;

use intermission_core::{Mode, State};
use jiff::Timestamp;

use crate::change::{Change, advice, own_address};
use crate::fleet::Barrier;
use crate::registry::error::ChangeError;
use crate::registry::idempotency::Requester;
use crate::registry::published::Published;
use crate::store::{IdempotencyKey, OpenError, StoreError};
use crate::values::etag::Condition;
use crate::wire::stamp::Stamp;
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
    pub(super) fn requester(&self) -> Requester<'_> {
        Requester {
            actor: &self.actor,
            once: self.once.as_ref(),
        }
    }

    /// Who waits for `state`.
    pub(super) fn barrier(
        &self,
        wait: &Wait,
        state: &State,
        now: Timestamp,
    ) -> Result<Barrier, StoreError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|error| StoreError::random(OpenError::Random(error)))?;
        let id = format!("{:032x}", u128::from_be_bytes(random));
        Ok(Barrier::new(
            id,
            state.clone(),
            wait.clone(),
            self.actor.clone(),
            now,
            Instant::now(),
        ))
    }

    /// What `before` becomes, if it becomes anything else.
    pub(super) fn apply(
        &self,
        before: &Published,
        now: Timestamp,
    ) -> Result<(Option<Published>, Vec<String>), ChangeError> {
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
        let after = Published::new(after, stamp, since, timer).after(before);
        Ok((Some(after), warnings))
    }
}
