mod request;

use intermission_core::State;

pub(crate) use self::request::ChangeRequest;
use self::request::Kept;
use crate::change::{
    Change, Effects, check_format, format_advice, matters_to_nodes, probed_advice,
};
use crate::registry::error::ChangeError;
use crate::registry::facts::{Facts, Published, Target};
use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::store::{Batch, LEVEL, Step, StoredState};
use crate::values::now::Now;
use crate::wire::difference::{Conflict, Preview, Snapshot};
use crate::wire::summary::Outcome;

impl Registry {
    /// Makes a change in all services of `target`, or in none.
    pub(crate) fn change(
        &self,
        target: &Target,
        asked: &ChangeRequest,
    ) -> Result<Vec<Outcome>, ChangeError> {
        let changed = self.obey(asked.requester(), |memory, now| {
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
            let removed = facts.removed.get(&before.summary.service);
            let (after, mut warnings) = match asked.apply(&before, removed, kept, now.time) {
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
            if asked.dry_run {
                outcome.preview = Some(self.preview(&before, after.as_ref(), now));
            } else if let Some(wait) = &asked.wait {
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

    /// What a change of a service would do.
    pub(super) fn preview(
        &self,
        before: &Published,
        after: Option<&StoredState>,
        now: Now,
    ) -> Preview {
        let was = before.snapshot();
        let is = after.map(|after| Snapshot::of(&after.state, &after.labels, after.timer.as_ref()));
        let state = after.map_or(&before.state, |after| &after.state);
        let Effects { let_in, kept_out } = Effects::of(&before.state, state);
        let revision = before.state.revision;
        let rules = self
            .fleet()
            .requests(&before.summary.service, revision, now);
        let rules = rules
            .into_iter()
            .map(|(rule, count)| (rule.to_owned(), count));
        Preview {
            differences: is.map_or_else(Vec::new, |is| was.differences(&is)),
            let_in,
            kept_out,
            rules: rules.collect(),
        }
    }

    /// Whether the store may have labels. One that has some is served by programs only that know them.
    fn kept(&self, facts: &Facts) -> Kept {
        let mut services = facts.services.values();
        let has_some = services.any(|service| !service.labels.is_empty());
        if has_some || self.fleet().knows(Step::LABELS, LEVEL) {
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
                invalid: asked.change.placed(service, invalid),
            })?;
            warnings.extend(format_advice(before, after, &living));
        }
        Ok(warnings)
    }
}

#[cfg(test)]
mod tests;
