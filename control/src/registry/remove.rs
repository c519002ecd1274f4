use std::fmt;
use std::sync::Arc;

use intermission_core::{FieldError, Mode};

use crate::registry::error::ChangeError;
use crate::registry::facts::Published;
use crate::registry::idempotency::Requester;
use crate::registry::memory::Memory;
use crate::registry::registry::Registry;
use crate::registry::reports::ended;
use crate::store::{Batch, IdempotencyKey, LEVEL, Step};
use crate::values::listed::listed;
use crate::values::now::Now;
use crate::wire::barrier::{Ending, Progress};
use crate::wire::removed::Removed;
use crate::wire::stamp::Stamp;
use crate::wire::summary::Outcome;

/// Which service is to be removed, who asks for that, and why.
#[derive(Clone, Debug)]
pub(crate) struct RemoveRequest {
    pub(crate) service: String,
    /// Whether it is removed though it is in use.
    pub(crate) force: bool,
    pub(crate) actor: String,
    pub(crate) reason: Option<String>,
    /// Whether it is to be done once, however often it is asked.
    pub(crate) once: Option<IdempotencyKey>,
    /// Whether it is only to be said what its removal would do.
    pub(crate) dry_run: bool,
}

impl Registry {
    /// Removes a service that is not in use. Its history stays, and goes on if the service is added again.
    pub(crate) fn remove_service(&self, asked: &RemoveRequest) -> Result<Outcome, ChangeError> {
        let requester = Requester {
            actor: &asked.actor,
            once: asked.once.as_ref(),
            dry_run: asked.dry_run,
        };
        self.obey(requester, |memory, now| memory.remove_service(asked, now))
    }
}

impl Memory {
    pub(crate) fn remove_service(
        &self,
        asked: &RemoveRequest,
        now: Now,
    ) -> Result<(Batch, Outcome), ChangeError> {
        let service = &asked.service;
        let facts = self.facts();
        let published = facts.service(service)?;
        if !self.fleet().knows(Step::REMOVALS, LEVEL) {
            let reason = "a replica that serves this store does not know that services are removed, or has just started; \
                          upgrade it, or try again; intermission status SERVICE shows the replicas";
            return Err(ChangeError::Invalid {
                service: service.clone(),
                invalid: FieldError::new("", reason),
            });
        }
        let uses = self.uses(published, now);
        if !uses.is_empty() && !asked.force {
            return Err(ChangeError::InUse {
                service: service.clone(),
                uses,
            });
        }
        let mut warnings = uses;
        let tokens = facts.tokens.grants();
        let naming = tokens
            .iter()
            .filter(|grant| grant.revoked.is_none() && grant.services.contains(service));
        warnings.extend(naming.map(|grant| {
            format!(
                "the token {name} is for it, and stays so if the service is added again; to revoke it: intermission token \
                 revoke {name}",
                name = grant.name
            )
        }));
        let stamp = Stamp {
            revision: published.state.revision,
            at: now.time,
            actor: asked.actor.clone(),
            action: "remove".to_owned(),
            reason: asked.reason.clone(),
        };
        let mut steps = Vec::new();
        let waits = self.fleet().waits(service);
        for progress in waits {
            let progress = match progress.ending {
                // It is published already, and could not be stored.
                Some(_) => progress,
                None => Arc::new(Progress {
                    ending: Some(Ending::Superseded),
                    removed: Some(stamp.clone()),
                    ..Progress::clone(&progress)
                }),
            };
            steps.extend(ended(progress, now));
        }
        let mut outcome = self.outcome(published.summary.clone(), true, warnings);
        outcome.preview = asked.dry_run.then(|| self.preview(published, None, now));
        let (service, event) = (service.clone(), stamp.clone());
        steps.push(Step::Event { service, event });
        steps.push(Step::Removed {
            service: asked.service.clone(),
            removed: Removed {
                stamp,
                maintenance: published.state.maintenance.to_string(),
            },
        });
        Ok((Batch(steps), outcome))
    }

    /// What a service is used by.
    fn uses(&self, published: &Published, now: Now) -> Vec<String> {
        let (state, service) = (&published.state, &*published.summary.service);
        let fleet = self.fleet();
        let mut uses = Vec::new();
        if state.maintenance != Mode::Off {
            uses.push(format!(
                "it is in maintenance, mode {}, and its nodes stay so",
                state.maintenance
            ));
        }
        let present = fleet.present(service, now);
        if !present.is_empty() {
            let nodes = match present.len() {
                1 => "1 node has its state, and keeps it or closes where it has a lease".to_owned(),
                number => format!(
                    "{number} nodes have its state, and keep it or close where they have a lease"
                ),
            };
            uses.push(format!("{nodes}: {}", listed(&present)));
        }
        let unstored = fleet.unstored(service);
        if unstored > 0 {
            uses.push(format!(
                "{} and no place in the store",
                counted(
                    unstored,
                    "more node has its state",
                    "more nodes have its state"
                )
            ));
        }
        let waits = fleet.open_barriers(service);
        if waits > 0 {
            uses.push(format!(
                "{} as superseded",
                counted(waits, "open wait for it ends", "open waits for it end")
            ));
        }
        uses
    }
}

/// A number and what it counts.
fn counted<N: fmt::Display + PartialEq + From<u8>>(number: N, one: &str, several: &str) -> String {
    let what = if number == N::from(1) { one } else { several };
    format!("{number} {what}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::Change;
    use crate::fleet::{Reported, read_report};
    use crate::registry::change::ChangeRequest;
    use crate::registry::facts::Target;
    use crate::store::FakeStore;
    use crate::token::{Grant, Made, Role};
    use crate::wire::wait::Wait;

    fn asked(force: bool) -> RemoveRequest {
        RemoveRequest {
            service: "shop".to_owned(),
            force,
            actor: "operator".to_owned(),
            reason: None,
            once: None,
            dry_run: false,
        }
    }

    fn shop(store: &FakeStore) -> Registry {
        let registry = Registry::new(store.clone()).unwrap();
        let name = "shop".parse().unwrap();
        registry.add(name, Requester::new("operator")).unwrap();
        registry
    }

    #[test]
    fn a_node_that_was_about_to_join_is_no_member_of_what_was_removed_and_added_again() {
        let registry = shop(&FakeStore::new());
        let memory = registry.memory();
        let report = || read_report(b"\"a\";boot=\"b\";seq=1;kind=tower;wait=10").unwrap();
        let reported = memory.report("shop", report(), None, "edge", Now::read());
        let Ok(Reported::Unsettled(heard)) = reported else {
            panic!("{reported:?}");
        };
        let made = Made {
            by: "operator".to_owned(),
            at: Now::read().time,
        };
        let grant = Grant::new("edge", Role::Node, made);
        let joins = || memory.settle("shop", &heard, &grant, Now::read()).0;
        assert_eq!(joins().len(), 1);
        let in_use = registry.remove_service(&asked(false));
        assert!(
            matches!(&in_use, Err(ChangeError::InUse { uses, .. }) if uses.len() == 1),
            "{in_use:?}"
        );
        registry.remove_service(&asked(true)).unwrap();
        assert!(joins().is_empty());
        assert!(
            memory
                .report("shop", report(), None, "edge", Now::read())
                .is_err()
        );
        let name = "shop".parse().unwrap();
        let added = registry.add(name, Requester::new("operator")).unwrap();
        assert_eq!(added.summary.revision, 2);
        assert!(joins().is_empty());
        assert_eq!(memory.fleet().unstored("shop"), 0);
    }

    #[test]
    fn a_wait_whose_end_is_not_stored_yet_ends_with_its_service() {
        let registry = shop(&FakeStore::new());
        let wait = Wait {
            expect: Some(0),
            ..Wait::default()
        };
        let entered = ChangeRequest {
            wait: Some(wait),
            ..ChangeRequest::new(Change::EnableAllowlist, "operator")
        };
        let entered = registry.change(&Target::All, &entered).unwrap();
        let barrier = entered[0].barrier.as_deref().unwrap();
        let ends = registry.memory().judge(Now::read());
        assert_eq!(ends[0].ending, Some(Ending::Done));
        registry.remove_service(&asked(true)).unwrap();
        registry.end_barriers(ends);
        let ended = registry.ended_barrier(barrier).unwrap().unwrap();
        assert_eq!(ended.ending, Some(Ending::Superseded));
        assert_eq!(ended.removed.unwrap().actor, "operator");
    }

    #[test]
    fn it_is_removed_once_every_replica_knows_such_a_fact() {
        let store = FakeStore::new();
        let registry = shop(&store);
        registry.memory().name("own", "own", Now::read());
        let other = Registry::new(store).unwrap();
        registry.hear_of_level(4);
        let refused = registry.remove_service(&asked(true));
        assert!(
            matches!(refused, Err(ChangeError::Invalid { .. })),
            "{refused:?}"
        );
        registry.hear_of_level(5);
        registry.remove_service(&asked(false)).unwrap();
        other.catch_up().unwrap();
        assert!(other.memory().service("shop").is_err());
        // What it decides by itself goes on from there.
        let name = "shop".parse().unwrap();
        let added = other.add(name, Requester::new("operator")).unwrap();
        assert_eq!(added.summary.revision, 2);
        registry.catch_up().unwrap();
        assert_eq!(registry.memory().service("shop").unwrap().state.revision, 2);
    }

    #[test]
    fn the_history_of_what_is_removed_is_swept_as_any_other() {
        let registry = shop(&FakeStore::new());
        registry.remove_service(&asked(false)).unwrap();
        let outdated = registry.outdated(None, Now::read().time);
        let swept = outdated.iter().any(|removal| {
            matches!(removal, crate::store::Removal::Documents { service, .. } if service == "shop")
        });
        assert!(swept, "{outdated:?}");
    }
}
