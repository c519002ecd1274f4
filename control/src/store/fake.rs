//! A store in memory that several replicas share.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::store::batch::{Batch, KEPT, Step, StoredAnswer};
use crate::store::error::{OpenError, StoreError};
use crate::store::history::{Page, Record};
use crate::store::retention::{Portion, Removal, Rest};
use crate::store::store::{After, Committed, Store, Usage};
use crate::values::version::Version;
use crate::wire::barrier::Progress;
use crate::wire::stamp::Stamp;

/// All batches that were stored. A clone is the same store, as another replica reaches it.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeStore {
    log: Arc<Mutex<Vec<Batch>>>,
    /// The first version that replicas can follow.
    first: Arc<Mutex<Version>>,
}

impl FakeStore {
    /// A store that was just founded.
    pub(crate) fn new() -> Self {
        let identity = Step::Identity("00000000000000000000000000".to_owned());
        let log = Arc::new(Mutex::new(vec![Batch(vec![identity])]));
        Self {
            log,
            first: Arc::default(),
        }
    }

    /// What `pick` makes of each step, the first first.
    fn steps<T>(&self, pick: impl FnMut(&Step) -> Option<T>) -> Vec<T> {
        let log = self.log.lock().unwrap();
        let steps = log.iter().flat_map(|batch| &batch.0);
        steps.filter_map(pick).collect()
    }

    fn record(&self, service: &str, revision: u64) -> Result<Option<Record>, StoreError> {
        let mut records = self.history(service, None)?.records.into_iter();
        Ok(records.find(|record| record.stamp.revision == revision))
    }

    fn version(log: &[Batch]) -> Version {
        Version(log.len().try_into().unwrap())
    }
}

impl Store for FakeStore {
    fn load(&self) -> Result<(Version, Batch), OpenError> {
        let log = self.log.lock().unwrap();
        let steps = log.iter().flat_map(|batch| &batch.0);
        Ok((Self::version(&log), Batch(steps.cloned().collect())))
    }

    fn commit(&mut self, at: Version, batch: &Batch) -> Result<Committed, StoreError> {
        let mut log = self.log.lock().unwrap();
        if Self::version(&log) != at {
            return Ok(Committed::Behind);
        }
        log.push(batch.clone());
        Ok(Committed::Stored)
    }

    fn after(&self, at: Version) -> Result<After, StoreError> {
        if at.next() < *self.first.lock().unwrap() {
            return Ok(After::Gap);
        }
        let log = self.log.lock().unwrap();
        let known = usize::try_from(at.0).unwrap();
        Ok(After::Batches(log.iter().skip(known).cloned().collect()))
    }

    fn shared(&self) -> Option<Arc<dyn Store + Sync>> {
        Some(Arc::new(self.clone()))
    }

    fn failed(&self) -> Arc<AtomicBool> {
        Arc::default()
    }

    fn recall(
        &self,
        actor: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<([u8; 32], String)>, StoreError> {
        let oldest = now.as_millisecond() - KEPT;
        let is_asked = |answer: &StoredAnswer| {
            let is_same = answer.actor == actor && answer.once.key == key;
            is_same && answer.at.as_millisecond() >= oldest
        };
        let mut answers = self.steps(|step| match step {
            Step::Answered(answer) if is_asked(answer) => Some(answer.clone()),
            _ => None,
        });
        let last = answers.pop();
        Ok(last.map(|answer| (answer.once.request, answer.outcomes)))
    }

    fn history(&self, service: &str, before: Option<u64>) -> Result<Page, StoreError> {
        let mut document = None;
        let mut records = self.steps(|step| match step {
            Step::Changed(stored) if stored.state.service.as_str() == service => {
                let after = String::from_utf8_lossy(&stored.document).into_owned();
                let before = document.replace(after.clone());
                Some(Record {
                    stamp: stored.last_change.clone(),
                    tag: stored.tag.to_string(),
                    before,
                    after: Some(after),
                    timer: stored.timer.clone(),
                    labels: stored.labels.to_json(),
                })
            }
            _ => None,
        });
        records.retain(|record| before.is_none_or(|before| record.stamp.revision < before));
        records.reverse();
        Ok(Page {
            records,
            next: None,
        })
    }

    fn tag(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        Ok(self.record(service, revision)?.map(|record| record.tag))
    }

    fn document(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        let record = self.record(service, revision)?;
        Ok(record.and_then(|record| record.after))
    }

    fn labels(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        let record = self.record(service, revision)?;
        Ok(record.and_then(|record| record.labels))
    }

    fn events(&self, service: &str, from: u64, to: Option<u64>) -> Result<Vec<Stamp>, StoreError> {
        let is_meant = |revision| revision >= from && to.is_none_or(|to| revision < to);
        let mut events = self.steps(|step| match step {
            Step::Event { service: of, event } if of == service && is_meant(event.revision) => {
                Some(event.clone())
            }
            _ => None,
        });
        events.reverse();
        Ok(events)
    }

    fn ended_barrier(&self, id: &str) -> Result<Option<Progress>, StoreError> {
        let mut ended = self.steps(|step| match step {
            Step::BarrierEnded(progress) if progress.id == id => Some(Progress::clone(progress)),
            _ => None,
        });
        Ok(ended.pop())
    }

    fn ended_barriers(&self) -> Result<Vec<Progress>, StoreError> {
        Ok(self.steps(|step| match step {
            Step::BarrierEnded(progress) => Some(Progress::clone(progress)),
            _ => None,
        }))
    }

    fn answers(&self) -> Result<Vec<StoredAnswer>, StoreError> {
        Ok(self.steps(|step| match step {
            Step::Answered(answer) => Some(answer.clone()),
            _ => None,
        }))
    }

    fn usage(&self) -> Result<Usage, StoreError> {
        Ok(Usage {
            bytes: 0,
            is_full: false,
        })
    }

    fn remove(&mut self, removal: &Removal) -> Result<Portion, StoreError> {
        if let Removal::Log { before } = removal {
            *self.first.lock().unwrap() = *before;
        }
        Ok(Portion {
            removed: 0,
            rest: Rest::Nothing,
        })
    }
}
