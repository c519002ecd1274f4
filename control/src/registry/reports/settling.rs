use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::fleet::{LastReport, Position};
use crate::registry::error::ChangeError;
use crate::registry::memory::Memory;
use crate::registry::position::look_up;
use crate::registry::registry::Registry;
use crate::store::{Batch, Step, StoreError};
use crate::token::Grant;
use crate::values::now::Now;

/// The reports of which the store has yet to take something. Those that wait while a batch is stored are stored together.
#[derive(Debug, Default)]
pub(crate) struct Settling(Mutex<VecDeque<Weak<Pending>>>);

/// A report of which the store has yet to take something. It counts as long as its poll waits for that.
#[derive(Debug)]
pub(crate) struct Pending {
    service: String,
    heard: LastReport,
    grant: Grant,
    is_settled: AtomicBool,
}

/// How many reports are settled by one batch.
const TOGETHER: usize = 60;

impl Pending {
    /// Whether the store has taken all that it had to.
    pub(crate) fn is_settled(&self) -> bool {
        self.is_settled.load(Ordering::Acquire)
    }

    /// What the store has to take.
    fn batch(&self, memory: &Memory, now: Now) -> Batch {
        memory.settle(&self.service, &self.heard, &self.grant, now)
    }

    fn is_placed(&self) -> bool {
        self.heard.position != Position::Unproven
    }

    /// Takes note that the store has taken what it had to, or had nothing to take. The process may have left meanwhile, which
    /// the store has to take too.
    fn note(&self, memory: &Memory, is_stored: bool) {
        if is_stored {
            memory.settled(&self.service, &self.heard, &self.grant);
        }
        if !is_stored || self.batch(memory, Now::read()).0.is_empty() {
            self.is_settled.store(true, Ordering::Release);
        }
    }
}

impl Settling {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Weak<Pending>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the store has to take of `first` and of others that wait; which these are, and whether it is anything.
    fn batch(
        &self,
        first: &Arc<Pending>,
        memory: &Memory,
        now: Now,
    ) -> (Batch, Vec<(Arc<Pending>, bool)>) {
        let mut waiting = self.lock();
        waiting.retain(|pending| pending.upgrade().is_some_and(|one| !one.is_settled()));
        let others: Vec<_> = waiting.iter().filter_map(Weak::upgrade).collect();
        drop(waiting);
        let others = others.into_iter().filter(|other| other.is_placed());
        let (mut batch, mut together) = (Batch::default(), Vec::new());
        let (mut processes, mut joining) = (BTreeSet::new(), BTreeMap::<String, u64>::new());
        for pending in [Arc::clone(first)].into_iter().chain(others) {
            if batch.0.len() >= TOGETHER {
                break;
            }
            let Pending {
                service,
                heard,
                grant,
                ..
            } = &*pending;
            let joining = joining.entry(grant.name.clone()).or_default();
            // What a token may have is judged by what is stored.
            let is_alone = *joining > 0 && !memory.has_room(grant, *joining);
            if is_alone || !processes.insert((service.clone(), heard.report.id.clone())) {
                continue;
            }
            let steps = pending.batch(memory, now).0;
            let joins = steps.iter().any(|step| matches!(step, Step::Joined { .. }));
            *joining += u64::from(joins);
            together.push((Arc::clone(&pending), !steps.is_empty()));
            batch.0.extend(steps);
        }
        (batch, together)
    }
}

impl Registry {
    /// Takes note of a report of which the store has to take something. A batch that others store may take it along.
    pub(crate) fn await_settling(
        &self,
        service: &str,
        heard: LastReport,
        grant: &Grant,
    ) -> Arc<Pending> {
        let pending = Arc::new(Pending {
            service: service.to_owned(),
            heard,
            grant: grant.clone(),
            is_settled: AtomicBool::new(false),
        });
        self.settling.lock().push_back(Arc::downgrade(&pending));
        pending
    }

    /// Stores what a report has changed of its process, and what others have that wait.
    ///
    /// # Errors
    ///
    /// Where a member that has left could not be removed.
    pub(crate) fn settle(&self, mut pending: Arc<Pending>) -> Result<(), ChangeError> {
        let memory = self.memory();
        if !pending.is_placed() {
            let mut heard = pending.heard.clone();
            heard.position = self.read(|store| look_up(store, &pending.service, &heard.report))?;
            memory.place(&pending.service, &heard);
            pending = self.await_settling(&pending.service, heard, &pending.grant);
        }
        // The process may have left while the store took it.
        while !pending.is_settled() {
            let stored = self.commit(|_, memory, now| {
                if pending.is_settled() {
                    return Ok((Batch::default(), Vec::new()));
                }
                Ok::<_, StoreError>(self.settling.batch(&pending, memory, now))
            });
            let Pending {
                service,
                heard,
                grant,
                ..
            } = &*pending;
            match stored {
                Ok(together) => {
                    for (one, is_stored) in together {
                        one.note(memory, is_stored);
                    }
                }
                Err(error) if self.is_shared() => return Err(ChangeError::Store(error)),
                Err(error) => {
                    return Ok(memory.not_settled(service, heard, grant, error, Now::read())?);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use intermission_core::{MemberId, Report};
    use jiff::Timestamp;

    use super::*;
    use crate::fleet::Reported;
    use crate::store::FakeStore;
    use crate::token::{Made, Role};

    fn grant(most: u32) -> Grant {
        let made = Made {
            by: "operator".to_owned(),
            at: Timestamp::UNIX_EPOCH,
        };
        Grant {
            max_members: most,
            ..Grant::new("nodes", Role::Node, made)
        }
    }

    /// Control with the service `shop`, and so many nodes that have just polled for the first time.
    fn strangers(count: u64, grant: &Grant) -> (Registry, Vec<Arc<Pending>>) {
        let registry = Registry::new(FakeStore::new()).unwrap();
        registry
            .add("shop".parse().unwrap(), "operator", None)
            .unwrap();
        let polls = (0..count).map(|boot| {
            let mut report = Report::new(MemberId::new("node", boot), "tower");
            report.wait = Duration::from_secs(60);
            let memory = registry.memory();
            let reported = memory.report("shop", report, None, &grant.name, Now::read());
            let Ok(Reported::Unsettled(heard)) = reported else {
                panic!("{reported:?}");
            };
            registry.await_settling("shop", *heard, grant)
        });
        let polls = polls.collect();
        (registry, polls)
    }

    fn members(registry: &Registry) -> (usize, u64) {
        let fleet = registry.memory().fleet();
        (fleet.members("shop"), fleet.unstored("shop"))
    }

    #[test]
    fn nodes_that_wait_are_stored_by_one_batch() {
        let (registry, polls) = strangers(100, &grant(1000));
        let before = registry.memory().version();
        let count = || polls.iter().filter(|poll| poll.is_settled()).count();
        registry.settle(Arc::clone(&polls[99])).unwrap();
        assert_eq!((registry.memory().version(), count()), (before.next(), 60));
        assert!(polls[99].is_settled() && polls[0].is_settled() && !polls[59].is_settled());
        registry.settle(Arc::clone(&polls[59])).unwrap();
        assert_eq!(registry.memory().version(), before.next().next());
        assert_eq!((count(), members(&registry)), (100, (100, 0)));
        registry.settle(Arc::clone(&polls[0])).unwrap();
        assert_eq!(registry.memory().version(), before.next().next());
    }

    #[test]
    fn a_batch_has_no_more_members_than_the_token_may_have() {
        let (registry, polls) = strangers(5, &grant(3));
        for poll in &polls {
            registry.settle(Arc::clone(poll)).unwrap();
        }
        assert_eq!(members(&registry), (3, 2));
    }

    #[test]
    fn a_node_whose_poll_has_ended_is_not_taken_along() {
        let (registry, mut polls) = strangers(3, &grant(1000));
        polls.truncate(2);
        registry.settle(Arc::clone(&polls[0])).unwrap();
        assert_eq!(members(&registry), (2, 1));
        assert!(polls[1].is_settled());
    }
}
