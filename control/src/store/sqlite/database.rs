use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use crate::store::batch::{Batch, StoredAnswer};
use crate::store::check::Checked;
use crate::store::error::{OpenError, StoreError};
use crate::store::folder::Folder;
use crate::store::history::Page;
use crate::store::retention::{Portion, Removal};
use crate::store::sqlite::lock::Lock;
use crate::store::sqlite::save::save;
use crate::store::sqlite::{barriers, check, history, idempotency, load, removal, schema};
use crate::store::store::{After, Committed, Store, Usage};
use crate::values::version::Version;
use crate::wire::barrier::Progress;
use crate::wire::stamp::Stamp;

const FILE: &str = "intermission.db";

/// The embedded store: a file of SQLite, which this process alone writes.
#[derive(Debug)]
pub(crate) struct Sqlite {
    connection: Connection,
    /// How many batches this process has stored.
    version: Version,
    /// Whether the disk failed in the middle of a commit, which left a doubtful change behind.
    doubtful: Arc<AtomicBool>,
    _lock: Lock,
}

impl Sqlite {
    /// Opens the store in `folder`, and founds it where there is none.
    pub(crate) fn open(folder: &Folder, now: Timestamp) -> Result<Self, OpenError> {
        let lock = Lock::take(folder)?;
        // SQLite gives its log the mode of the database, which has testers' addresses and reasons.
        folder.open_file(FILE, File::options().append(true).create(true))?;
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let mut connection = Connection::open_with_flags(folder.path().join(FILE), flags)?;
        // No other process writes, but a backup may read.
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // In WAL mode anything less may lose the last commits with the power.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        schema::prepare(&mut connection, now)?;
        // SQLite syncs the files; that they have names is the folder's to keep.
        folder.sync()?;
        Ok(Self {
            connection,
            version: Version::default(),
            doubtful: Arc::default(),
            _lock: lock,
        })
    }

    /// Checks the store in `folder`, which another process may have open.
    pub(crate) fn check(folder: &Path, now: Timestamp) -> Result<Checked, OpenError> {
        check::check(&folder.join(FILE), now)
    }

    /// Saves what `work` writes, all or nothing.
    ///
    /// When writing or syncing fails, SQLite takes the commit back, but its frames may have reached the end of the
    /// log all the same, and a crash now would bring them to life: a change that was answered with an error. The
    /// next commit that writes takes their place, and only then there is no doubt any more.
    fn transact<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let before = self.connection.total_changes();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        let committed = transaction.commit();
        let has_written = self.connection.total_changes() > before;
        match committed {
            Ok(()) => {
                if has_written && self.doubtful.swap(false, Ordering::Relaxed) {
                    tracing::info!("the disk takes changes again");
                }
                Ok(done)
            }
            // What an earlier commit left behind is there still.
            Err(error) if is_clean(&error) => Err(error.into()),
            Err(error) => {
                self.doubtful.store(true, Ordering::Relaxed);
                Err(StoreError::Unsure(error.into()))
            }
        }
    }
}

impl Store for Sqlite {
    fn load(&self) -> Result<(Version, Batch), OpenError> {
        Ok((self.version, load::load(&self.connection)?))
    }

    fn commit(&mut self, at: Version, batch: &Batch) -> Result<Committed, StoreError> {
        if at != self.version {
            return Ok(Committed::Behind);
        }
        self.transact(|transaction| batch.0.iter().try_for_each(|step| save(transaction, step)))?;
        self.version = at.next();
        Ok(Committed::Stored)
    }

    fn after(&self, _: Version) -> Result<After, StoreError> {
        Ok(After::Batches(Vec::new()))
    }

    fn shared(&self) -> Option<Arc<dyn Store + Sync>> {
        None
    }

    fn failed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.doubtful)
    }

    fn recall(
        &self,
        actor: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<([u8; 32], String)>, StoreError> {
        idempotency::recall(&self.connection, actor, key, now)
    }

    fn history(&self, service: &str, before: Option<u64>) -> Result<Page, StoreError> {
        history::history(&self.connection, service, before)
    }

    fn tag(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        history::tag(&self.connection, service, revision)
    }

    fn document(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        history::document(&self.connection, service, revision)
    }

    fn labels(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        history::labels(&self.connection, service, revision)
    }

    fn events(&self, service: &str, from: u64, to: Option<u64>) -> Result<Vec<Stamp>, StoreError> {
        history::events(&self.connection, service, from, to)
    }

    fn ended_barrier(&self, id: &str) -> Result<Option<Progress>, StoreError> {
        barriers::ended_barrier(&self.connection, id)
    }

    fn ended_barriers(&self) -> Result<Vec<Progress>, StoreError> {
        barriers::ended_barriers(&self.connection)
    }

    fn answers(&self) -> Result<Vec<StoredAnswer>, StoreError> {
        idempotency::answers(&self.connection)
    }

    fn usage(&self) -> Result<Usage, StoreError> {
        let path = self.connection.path().unwrap_or(FILE);
        let bytes = check::size(Path::new(path)).map_err(StoreError::unchanged)?;
        // A full disk is one that has failed.
        let is_full = false;
        Ok(Usage { bytes, is_full })
    }

    fn remove(&mut self, removal: &Removal) -> Result<Portion, StoreError> {
        self.transact(|transaction| removal::remove(transaction, removal))
    }
}

/// Whether a commit that failed with `error` is known to have left no trace: it had no room, or was
/// not allowed to begin writing.
fn is_clean(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DiskFull
                | ErrorCode::ReadOnly
                | ErrorCode::DatabaseBusy
                | ErrorCode::ConstraintViolation
        )
    )
}
