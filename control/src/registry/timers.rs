use intermission_core::State;
use jiff::Timestamp;
use tracing::warn;

use crate::change::Change;
use crate::labels::Labels;
use crate::registry::change::ChangeRequest;
use crate::registry::error::ChangeError;
use crate::registry::facts::{Published, Target};
use crate::registry::registry::Registry;
use crate::token::TIMER;
use crate::values::etag::Condition;
use crate::values::listed::listed;
use crate::wire::allowlist::PassView;
use crate::wire::timer::Timer;

/// What became of the timers and ends that were due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Each has ended what it was for.
    Done,
    /// Some could not, and are still due.
    Left,
}

impl Registry {
    /// The first moment at which a timer, or the end of an entry or a pass, is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let facts = self.memory().facts();
        let ends = facts.services.values().flat_map(|service| {
            let timer = service.summary.timer.as_ref().map(|timer| timer.at);
            timer.into_iter().chain(service.next_end)
        });
        ends.min()
    }

    /// Ends every maintenance whose timer is due by `now`, and takes off what has ended of each allowlist, each by a change
    /// of its own.
    pub(crate) fn end_due(&self, now: Timestamp) -> Due {
        let mut due = Due::Done;
        let mut note = |result, service: &Published, at: Timestamp, failure: &str| match result {
            // Another change came first, which may have changed the end too.
            Ok(()) | Err(ChangeError::Lost { .. }) => {}
            Err(error) => {
                let service = &service.summary.service;
                let error = match error {
                    ChangeError::Store(error) => error.to_string(),
                    other => format!("{other:?}"),
                };
                warn!(service, %at, error, "{failure}");
                due = Due::Left;
            }
        };
        for service in self.memory().facts().services.values() {
            let timer = service.summary.timer.as_ref();
            if let Some(timer) = timer.filter(|timer| timer.is_due(now)) {
                let result = self.end_maintenance(service, timer);
                note(
                    result,
                    service,
                    timer.at,
                    "the timer did not end the maintenance",
                );
            }
        }
        for service in self.memory().facts().services.values() {
            if let Some(at) = service.next_end.filter(|at| *at <= now) {
                let result = self.end_entries(service, now);
                note(
                    result,
                    service,
                    at,
                    "an entry or a pass that has ended is still there",
                );
            }
        }
        due
    }

    /// Takes off what has ended of the allowlist at just this revision, or nothing.
    fn end_entries(&self, service: &Published, now: Timestamp) -> Result<(), ChangeError> {
        let reason = ended(&service.state, &service.labels, now);
        self.change_at(service, Change::EndEntries(now), reason)
    }

    /// Ends the maintenance at the very revision that the timer belongs to, or not at all.
    fn end_maintenance(&self, service: &Published, timer: &Timer) -> Result<(), ChangeError> {
        self.change_at(service, Change::Exit, timer.reason())
    }

    /// Makes a change at just this revision.
    fn change_at(
        &self,
        service: &Published,
        change: Change,
        reason: String,
    ) -> Result<(), ChangeError> {
        let target = Target::Named(vec![service.summary.service.clone()]);
        let asked = ChangeRequest {
            expected: Some(Condition::from(&service.tag)),
            reason: Some(reason),
            ..ChangeRequest::new(change, TIMER)
        };
        self.change(&target, &asked).map(|_| ())
    }
}

/// What has ended of an allowlist, as history has it.
fn ended(state: &State, labels: &Labels, now: Timestamp) -> String {
    let entries = labels.entries(&state.allowlist.cidrs);
    let entries = entries.filter_map(|(cidr, label)| {
        let label = label.filter(|label| label.has_ended(now))?;
        Some(match &label.name {
            Some(name) => format!("{cidr} ({name})"),
            None => cidr.to_string(),
        })
    });
    let passes = PassView::all(state, labels).into_iter();
    let passes = passes.filter(|pass| pass.until.is_some_and(|until| until <= now));
    let passes = passes.map(|pass| format!("the pass {}", pass.name));
    let all: Vec<_> = entries.chain(passes).collect();
    format!("ended: {}", listed(&all))
}

#[cfg(test)]
mod tests {
    use intermission_core::{Field, Mode};
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;
    use crate::change::Enter;
    use crate::registry::idempotency::Requester;
    use crate::store::{Disk, Folder, Sqlite};

    fn enter(registry: &Registry, limit: &str) {
        let enter = Enter::read(&Field::root(&json!({ "for": limit }))).unwrap();
        let asked = ChangeRequest::new(Change::Enter(enter), "operator");
        registry.change(&Target::All, &asked).unwrap();
    }

    #[test]
    fn a_timer_that_was_set_anew_in_the_meantime_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(folder.path(), Disk::Any).unwrap();
        let registry = Registry::new(Sqlite::open(&folder, Timestamp::now()).unwrap()).unwrap();
        registry
            .add("shop".parse().unwrap(), Requester::new("operator"))
            .unwrap();
        enter(&registry, "1s");
        let seen = registry.memory().service("shop").unwrap();
        let timer = seen.summary.timer.clone().unwrap();
        enter(&registry, "1h");
        let late = registry.end_maintenance(&seen, &timer);
        assert!(matches!(late, Err(ChangeError::Lost { .. })), "{late:?}");
        let maintenance = || registry.memory().service("shop").unwrap().state.maintenance;
        assert_eq!(registry.end_due(timer.at), Due::Done);
        assert_eq!(maintenance(), Mode::All);

        let due = registry.next_due().unwrap();
        assert_eq!(
            registry.end_due(due - SignedDuration::from_nanos(1)),
            Due::Done
        );
        assert_eq!(maintenance(), Mode::All);
        assert_eq!(registry.end_due(due), Due::Done);
        assert_eq!(maintenance(), Mode::Off);
        assert_eq!(registry.next_due(), None);
        let revision = registry.memory().service("shop").unwrap().state.revision;
        assert_eq!(registry.end_due(due), Due::Done);
        assert_eq!(
            registry.memory().service("shop").unwrap().state.revision,
            revision
        );
    }
}
