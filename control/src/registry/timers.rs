use jiff::Timestamp;
use tracing::warn;

use crate::change::Change;
use crate::registry::change::ChangeRequest;
use crate::registry::error::ChangeError;
use crate::registry::facts::{Published, Target};
use crate::registry::registry::Registry;
use crate::token::TIMER;
use crate::values::etag::Condition;
use crate::wire::timer::Timer;

/// What became of the timers that were due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Each has ended its maintenance.
    Done,
    /// Some could not, and are still due.
    Left,
}

impl Registry {
    /// The first moment at which a timer is due.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let facts = self.memory().facts();
        let timers = facts
            .services
            .values()
            .filter_map(|service| service.summary.timer.as_ref());
        timers.map(|timer| timer.at).min()
    }

    /// Ends every maintenance whose timer is due by `now`, each by a change of its own.
    pub(crate) fn end_due(&self, now: Timestamp) -> Due {
        let mut due = Due::Done;
        for service in self.memory().facts().services.values() {
            let timer = service.summary.timer.as_ref();
            if let Some(timer) = timer.filter(|timer| timer.is_due(now)) {
                match self.end_maintenance(service, timer) {
                    // Another change came first, which may have changed the timer too.
                    Ok(_) | Err(ChangeError::Lost { .. }) => {}
                    Err(error) => {
                        let service = &service.summary.service;
                        let error = match error {
                            ChangeError::Store(error) => error.to_string(),
                            other => format!("{other:?}"),
                        };
                        warn!(service, at = %timer.at, error, "the timer did not end the maintenance");
                        due = Due::Left;
                    }
                }
            }
        }
        due
    }

    /// Ends the maintenance at the very revision that the timer belongs to, or not at all.
    fn end_maintenance(&self, service: &Published, timer: &Timer) -> Result<(), ChangeError> {
        let target = Target::Named(vec![service.summary.service.clone()]);
        let asked = ChangeRequest {
            change: Change::Exit,
            expected: Some(Condition::from(&service.tag)),
            actor: TIMER.to_owned(),
            reason: Some(timer.reason()),
            caller: None,
            once: None,
            wait: None,
        };
        self.change(&target, &asked).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use intermission_core::{Field, Mode};
    use jiff::SignedDuration;
    use serde_json::json;

    use super::*;
    use crate::change::Enter;
    use crate::store::{Disk, Folder, Sqlite};

    fn enter(registry: &Registry, limit: &str) {
        let enter = Enter::read(&Field::root(&json!({ "for": limit }))).unwrap();
        let asked = ChangeRequest {
            change: Change::Enter(enter),
            expected: None,
            actor: "operator".to_owned(),
            reason: None,
            caller: None,
            once: None,
            wait: None,
        };
        registry.change(&Target::All, &asked).unwrap();
    }

    #[test]
    fn a_timer_that_was_set_anew_in_the_meantime_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(folder.path(), Disk::Any).unwrap();
        let registry = Registry::new(Sqlite::open(&folder, Timestamp::now()).unwrap()).unwrap();
        registry
            .add("shop".parse().unwrap(), "operator", None)
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
