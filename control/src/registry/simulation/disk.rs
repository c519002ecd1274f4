use std::time::Duration;

use crate::store::{Batch, StoreError};

/// A disk that keeps batches and may fail.
#[derive(Debug, Default)]
pub(super) struct Disk {
    pub(super) log: Vec<Batch>,
    pub(super) health: Health,
    /// A batch that was answered with an error and may be there all the same after a crash.
    doubtful: Option<Batch>,
    /// The length of the log when a backup was made.
    pub(super) backup: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Health {
    #[default]
    Works,
    /// Nothing is written.
    Full,
    /// What is written may survive a crash or not.
    Fails,
    /// Nothing happens until this moment.
    Hangs(Duration),
}

impl Disk {
    pub(super) fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        match self.health {
            Health::Works | Health::Hangs(_) => {
                self.doubtful = None;
                self.log.push(batch.clone());
                Ok(())
            }
            Health::Full => Err(StoreError::unchanged("the disk is full")),
            Health::Fails => {
                self.doubtful = Some(batch.clone());
                Err(StoreError::Unsure("the disk fails".into()))
            }
        }
    }

    /// Control dies; a doubtful batch is there when it starts again, or not.
    pub(super) fn crash(&mut self, revives: bool) {
        self.log.extend(self.doubtful.take().filter(|_| revives));
    }

    /// Control dies, and finds the backup when it starts again.
    pub(super) fn restore(&mut self) {
        self.doubtful = None;
        self.log.truncate(self.backup);
    }

    /// When it can take something, if it is not now.
    pub(super) fn hangs_until(&self, now: Duration) -> Option<Duration> {
        match self.health {
            Health::Hangs(until) if until > now => Some(until),
            _ => None,
        }
    }
}
