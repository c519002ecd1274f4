use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::fleet::{LastReport, Position};
use crate::registry::memory::Memory;
use crate::store::{Batch, Step};
use crate::token::Grant;
use crate::values::now::Now;

/// The reports of which the store has yet to take something. Those that wait while a batch is stored are stored together.
#[derive(Debug, Default)]
pub(crate) struct Settling(Mutex<VecDeque<Weak<Pending>>>);

/// A report of which the store has yet to take something. It counts as long as its poll waits for that.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) service: String,
    pub(crate) heard: LastReport,
    pub(crate) grant: Grant,
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

    pub(crate) fn is_placed(&self) -> bool {
        self.heard.position != Position::Unproven
    }

    /// Takes note that the store has taken what it had to, or had nothing to take. The process may have left meanwhile, which
    /// the store has to take too.
    pub(crate) fn note(&self, memory: &Memory, is_stored: bool, now: Now) {
        if is_stored {
            memory.settled(&self.service, &self.heard, &self.grant);
        }
        if !is_stored || self.batch(memory, now).0.is_empty() {
            self.is_settled.store(true, Ordering::Release);
        }
    }
}

impl Settling {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Weak<Pending>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a report wait, as long as what this returns lives.
    pub(crate) fn wait(&self, service: &str, heard: LastReport, grant: &Grant) -> Arc<Pending> {
        let pending = Arc::new(Pending {
            service: service.to_owned(),
            heard,
            grant: grant.clone(),
            is_settled: AtomicBool::new(false),
        });
        self.lock().push_back(Arc::downgrade(&pending));
        pending
    }

    /// What the store has to take of `first` and of others that wait; which these are, and whether it is anything.
    pub(crate) fn batch(
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
