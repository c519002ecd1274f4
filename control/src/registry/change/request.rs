use std::net::IpAddr;
use std::sync::Arc;

use intermission_core::{FieldError, Mode, State};
use jiff::Timestamp;

use crate::change::{Change, advice, own_address};
use crate::labels::Labels;
use crate::registry::add;
use crate::registry::error::ChangeError;
use crate::registry::facts::{Facts, Published, Target};
use crate::registry::idempotency::Requester;
use crate::store::{IdempotencyKey, OpenError, StoreError, StoredBarrier, StoredState};
use crate::values::etag::Condition;
use crate::values::random::random;
use crate::wire::difference::{Conflict, Snapshot};
use crate::wire::removed::Removed;
use crate::wire::stamp::Stamp;
use crate::wire::wait::Wait;

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
    /// Whether it is only to be said what it would change.
    pub(crate) dry_run: bool,
}

impl ChangeRequest {
    /// A change that is made, on no condition.
    pub(crate) fn new(change: Change, actor: &str) -> Self {
        Self {
            change,
            expected: None,
            actor: actor.to_owned(),
            reason: None,
            caller: None,
            once: None,
            wait: None,
            dry_run: false,
        }
    }

    /// Who asks, and how it is to be done.
    pub(in crate::registry) fn requester(&self) -> Requester<'_> {
        Requester {
            actor: &self.actor,
            once: self.once.as_ref(),
            dry_run: self.dry_run,
        }
    }

    /// The barrier that waits for `state`.
    pub(super) fn barrier(
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

    /// What is in force for the services of `target`; for one that is to be added, what comes before its first revision.
    pub(super) fn select(
        &self,
        facts: &Facts,
        target: &Target,
        now: Timestamp,
    ) -> Result<Vec<Arc<Published>>, ChangeError> {
        let (Change::Apply(declared), Target::Named(_)) = (&self.change, target) else {
            return Ok(facts.select(target)?.into_iter().cloned().collect());
        };
        let services = declared
            .names()
            .map(|name| match facts.service(name.as_str()) {
                Err(_) if declared.creates() => {
                    let left_by = facts.left_by(name.as_str());
                    Ok(Arc::new(Published::unborn(
                        name,
                        &facts.identity,
                        left_by,
                        now,
                    )))
                }
                known => known.cloned(),
            });
        services.collect()
    }

    /// What `before` becomes, if it becomes anything else; a service that was `removed` is added again.
    pub(super) fn apply(
        &self,
        before: &Published,
        removed: Option<&Removed>,
        kept: Kept,
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
            invalid: self.change.placed(service, invalid),
        };
        let labels = &before.labels;
        let after = self.change.apply(&before.state, labels, now);
        let mut after = after.map_err(refuse)?;
        let stamp = Stamp {
            revision: before.state.revision + 1,
            at: now,
            actor: self.actor.clone(),
            action: self.change.action(),
            reason: self.reason.clone(),
        };
        let running = before.summary.timer.as_ref();
        let timer = self.change.set_timer(running, &mut after, &stamp);
        let mut warnings = advice(&self.change, &before.state, labels, &after);
        warnings.extend(own_address(&self.change, &after, self.caller));
        warnings.extend(self.change.timer_advice(
            &before.summary.last_change,
            &before.state,
            &after,
            &stamp,
            timer.as_ref(),
        ));
        let labels = self.change.labels(&before.state, labels, &after, &stamp);
        let labels = kept.of(labels).map_err(refuse)?;
        warnings.extend(
            removed
                .into_iter()
                .flat_map(|removed| add::kept(service, removed)),
        );
        let is_same = after == before.state && timer.as_ref() == running && labels == before.labels;
        if is_same && !before.is_unborn() {
            if self.reason.is_some() {
                warnings.push("nothing changed, so the reason is not kept".to_owned());
            }
            return Ok((None, warnings));
        }
        if let Some(expected) = self.change.missed(&before.state) {
            if before.is_unborn() {
                return Err(refuse(no_revision(service, expected, removed)));
            }
            let wanted = Snapshot::of(&after, &labels, timer.as_ref());
            return Err(ChangeError::Conflicts(vec![Conflict {
                service: service.clone(),
                expected,
                revision: before.state.revision,
                since: None,
                wanted: before.snapshot().differences(&wanted),
            }]));
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
            _ => before.summary.since.clone().or_else(|| Some(stamp.clone())),
        };
        let after = StoredState::new(after, stamp, since, timer, labels);
        Ok((Some(after), warnings))
    }
}

/// That a service which is to be added was never at the revision that a file names, or not when it was removed.
fn no_revision(service: &str, named: u64, removed: Option<&Removed>) -> FieldError {
    let is_not = match removed.map(|removed| &removed.stamp) {
        Some(Stamp {
            actor,
            at,
            revision,
            ..
        }) => format!(
            "{service} was removed by {actor} at {at}, when it was at revision {revision}, not {named}"
        ),
        None => format!("there is no service {service:?}, and so no revision {named} of it"),
    };
    FieldError::new(
        "/revision",
        format!("{is_not}; leave the revision out to add the service"),
    )
}

/// Whether the store may have labels.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kept {
    /// All replicas that serve it know them.
    Labels,
    /// One does not, and would lose them.
    NoLabels,
}

impl Kept {
    /// What may be stored of labels.
    fn of(self, labels: Labels) -> Result<Labels, FieldError> {
        let refuse = |reason: &str| Err(FieldError::new("", reason));
        match self {
            Self::Labels if labels.to_json().map_or(0, |json| json.len()) > Labels::MAX_BYTES => {
                refuse(
                    "the names, notes and ends of all entries would take more than 1 MiB; name fewer, or remove some",
                )
            }
            Self::Labels => Ok(labels),
            Self::NoLabels if labels.have_words() => refuse(
                "a replica that serves this store does not know passes, names, notes and ends of entries, or has just \
                 started; upgrade it, or try again; intermission status SERVICE shows the replicas",
            ),
            Self::NoLabels => Ok(Labels::default()),
        }
    }
}
