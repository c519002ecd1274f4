use std::net::IpAddr;
use std::sync::Arc;

use intermission_core::{Mode, State};
use jiff::Timestamp;

use crate::change::{
    Change, advice, check_format, format_advice, matters_to_nodes, own_address, probed_advice,
};
use crate::labels::Labels;
use crate::registry::error::ChangeError;
use crate::registry::facts::{Facts, Published, Target};
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::store::{
    Batch, IdempotencyKey, LEVEL, OpenError, Step, StoreError, StoredBarrier, StoredState,
};
use crate::values::etag::Condition;
use crate::values::now::Now;
use crate::values::random::random;
use crate::wire::difference::{Conflict, Snapshot};
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
    pub(super) fn requester(&self) -> Requester<'_> {
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

    /// What is in force for the services of `target`; for one that is to be added, what comes before its first revision.
    fn select(
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
                    Ok(Arc::new(Published::unborn(name, &facts.identity, now)))
                }
                known => known.cloned(),
            });
        services.collect()
    }

    /// What `before` becomes, if it becomes anything else.
    fn apply(
        &self,
        before: &Published,
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
        let is_same = after == before.state && timer.as_ref() == running && labels == before.labels;
        if is_same && !before.is_unborn() {
            if self.reason.is_some() {
                warnings.push("nothing changed, so the reason is not kept".to_owned());
            }
            return Ok((None, warnings));
        }
        if let Some(expected) = self.change.missed(&before.state) {
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
            _ => before.summary.since.clone(),
        };
        let after = StoredState::new(after, stamp, since, timer, labels);
        Ok((Some(after), warnings))
    }
}

/// Whether the store may have labels.
#[derive(Clone, Copy, Debug)]
enum Kept {
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

impl Registry {
    /// Makes a change in all services of `target`, or in none.
    pub(crate) fn change(
        &self,
        target: &Target,
        asked: &ChangeRequest,
    ) -> Result<Vec<Outcome>, ChangeError> {
        let changed = self.commit_once(asked.requester(), |memory, now| {
            memory.change(target, asked, now)
        });
        changed.map_err(|error| match error {
            ChangeError::Conflicts(conflicts) => {
                let conflicts = conflicts.into_iter();
                ChangeError::Conflicts(conflicts.map(|conflict| self.compared(conflict)).collect())
            }
            other => other,
        })
    }

    /// A conflict with what has changed since the revision that the file names.
    fn compared(&self, conflict: Conflict) -> Conflict {
        let service = &conflict.service;
        let earlier = self.state_at(service, conflict.expected).ok();
        let current = self.memory().service(service).ok();
        let since = earlier.zip(current).map(|(earlier, current)| {
            let timer = current.summary.timer.as_ref();
            let earlier = Snapshot::of(&earlier.state, &earlier.labels, timer);
            earlier.differences(&current.snapshot())
        });
        Conflict { since, ..conflict }
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
        let kept = self.kept(&facts);
        let mut conflicts = Vec::new();
        for before in asked.select(&facts, target, now.time)? {
            let (after, mut warnings) = match asked.apply(&before, kept, now.time) {
                Err(ChangeError::Conflicts(conflict)) => {
                    conflicts.extend(conflict);
                    continue;
                }
                applied => applied?,
            };
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
        if !conflicts.is_empty() {
            return Err(ChangeError::Conflicts(conflicts));
        }
        changed.extend(barriers);
        Ok((Batch(changed), outcomes))
    }

    /// Whether the store may have labels. One that has some is served by programs only that know them.
    fn kept(&self, facts: &Facts) -> Kept {
        let mut services = facts.services.values();
        let has_some = services.any(|service| !service.labels.is_empty());
        if has_some || self.fleet().knows_labels(LEVEL) {
            Kept::Labels
        } else {
            Kept::NoLabels
        }
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

#[cfg(test)]
mod tests {
    use intermission_core::Field;
    use serde_json::{Value, json};

    use super::*;
    use crate::change::AddedEntries;
    use crate::fleet::Heartbeat;
    use crate::store::FakeStore;

    fn add(registry: &Registry, body: &Value) -> Result<Vec<Outcome>, ChangeError> {
        let entries = AddedEntries::read(&Field::root(body)).unwrap();
        let asked = ChangeRequest {
            change: Change::AddEntries(entries),
            expected: None,
            actor: "operator".to_owned(),
            reason: None,
            caller: None,
            once: None,
            wait: None,
        };
        registry.change(&Target::All, &asked)
    }

    #[test]
    fn labels_wait_until_every_replica_knows_them() {
        let store = FakeStore::new();
        let [one, other] = ["one", "other"].map(|id| {
            let registry = Registry::new(store.clone()).unwrap();
            registry.memory().name(id, id, Now::read());
            registry
        });
        one.add("shop".parse().unwrap(), "operator", None).unwrap();
        let hear = |level| {
            let now = Now::read();
            let heartbeat = Heartbeat {
                level,
                ..other.memory().announce(now)
            };
            one.memory().take_heartbeat("other", heartbeat, now);
        };
        let labels = || one.memory().service("shop").unwrap().labels.clone();
        hear(2);
        let named = json!({ "cidrs": ["203.0.113.7"], "name": "ann" });
        let refused = add(&one, &named).unwrap_err();
        let ChangeError::Invalid { invalid, .. } = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            invalid.reason(),
            "a replica that serves this store does not know passes, names, notes and ends of entries, or has just started; \
             upgrade it, or try again; intermission status SERVICE shows the replicas"
        );
        // An entry without a word goes without the rest, too.
        add(&one, &json!({ "cidrs": ["203.0.113.8"] })).unwrap();
        assert!(labels().is_empty());
        hear(3);
        add(&one, &named).unwrap();
        let named = labels();
        assert!(named.have_words());
        // A store that has labels is served by no program that does not know them.
        hear(2);
        add(&one, &json!({ "cidrs": ["203.0.113.9"] })).unwrap();
        assert!(labels().have_words());
    }
}
