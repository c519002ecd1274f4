use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use jiff::Timestamp;

use crate::store::batch::{Batch, StoredAnswer};
use crate::store::error::{OpenError, StoreError};
use crate::store::history::Page;
use crate::store::retention::{Portion, Removal};
use crate::values::version::Version;
use crate::wire::barrier::Progress;
use crate::wire::stamp::Stamp;

/// The result of an attempt to store a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Committed {
    Stored,
    /// Nothing is stored: others have stored something since the version that the batch was made at.
    Behind,
}

/// What others have stored.
#[derive(Debug)]
pub(crate) enum After {
    /// A batch for each version.
    Batches(Vec<Batch>),
    /// More than the log has kept: all is to be loaded anew.
    Gap,
}

/// How much room a store takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    /// The size of the database, of the member that answers where it is a cluster.
    pub(crate) bytes: u64,
    /// Whether it takes no change, because it is full.
    pub(crate) is_full: bool,
}

/// What survives a restart of control.
///
/// All methods may take as long as the disk or the network takes.
pub(crate) trait Store: fmt::Debug + Send {
    /// Everything that memory has to know, in an order in which it can follow, and the version that it is of.
    fn load(&self) -> Result<(Version, Batch), OpenError>;

    /// Stores a batch that was made at the version `at`, all or nothing, if no other was stored since.
    fn commit(&mut self, at: Version, batch: &Batch) -> Result<Committed, StoreError>;

    /// What others have stored after the version `at`.
    fn after(&self, at: Version) -> Result<After, StoreError>;

    /// The same store for reading beside this, where other processes write it too.
    fn shared(&self) -> Option<Arc<dyn Store + Sync>>;

    /// Whether the disk has failed, and nothing was saved since: to be looked at while the store is busy.
    fn failed(&self) -> Arc<AtomicBool>;

    /// What was asked under this key within a day before `now`, as a hash, and the answer.
    fn recall(
        &self,
        actor: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<([u8; 32], String)>, StoreError>;

    /// The records of `service` before revision `before`, as many as one answer should carry.
    fn history(&self, service: &str, before: Option<u64>) -> Result<Page, StoreError>;

    /// The entity tag of the document of `service` at this revision, if its record is kept.
    fn tag(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError>;

    /// The document of `service` at this revision, if it is kept.
    fn document(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError>;

    /// The labels of `service` at this revision, if it has some and its document is kept.
    fn labels(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError>;

    /// What happened to `service` from revision `from` on, and before revision `to`, the newest first.
    fn events(&self, service: &str, from: u64, to: Option<u64>) -> Result<Vec<Stamp>, StoreError>;

    /// How the barrier `id` ended, if it has.
    fn ended_barrier(&self, id: &str) -> Result<Option<Progress>, StoreError>;

    /// All barriers that have ended.
    fn ended_barriers(&self) -> Result<Vec<Progress>, StoreError>;

    /// All answers that are kept for a retry.
    fn answers(&self) -> Result<Vec<StoredAnswer>, StoreError>;

    /// How much room it takes.
    fn usage(&self) -> Result<Usage, StoreError>;

    /// Removes a small portion of what is kept no longer.
    fn remove(&mut self, removal: &Removal) -> Result<Portion, StoreError>;
}
