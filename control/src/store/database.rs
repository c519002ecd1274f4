use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, Params, Transaction, TransactionBehavior};

use crate::store::error::{OpenError, StoreError};
use crate::store::folder::Folder;
use crate::store::lock::Lock;
use crate::store::schema;

const FILE: &str = "intermission.db";

/// The open store of this process.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) connection: Connection,
    /// Whether the disk failed in the middle of a commit, which left a doubtful change behind.
    doubtful: Arc<AtomicBool>,
    _lock: Lock,
}

impl Store {
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
            doubtful: Arc::default(),
            _lock: lock,
        })
    }

    /// Whether the disk has failed, and nothing was saved since: to be looked at while the store is busy.
    pub(crate) fn failed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.doubtful)
    }

    /// Saves what `work` writes, all or nothing.
    ///
    /// When writing or syncing fails, SQLite takes the commit back, but its frames may have reached the end of the
    /// log all the same, and a crash now would bring them to life: a change that was answered with an error. The
    /// next commit that writes takes their place, and only then there is no doubt any more.
    pub(super) fn transact(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let before = self.connection.total_changes();
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        work(&transaction)?;
        let committed = transaction.commit();
        let has_written = self.connection.total_changes() > before;
        match committed {
            Ok(()) => {
                if has_written && self.doubtful.swap(false, Ordering::Relaxed) {
                    tracing::info!("the disk takes changes again");
                }
                Ok(())
            }
            // What an earlier commit left behind is there still.
            Err(error) if is_clean(&error) => Err(StoreError::Unchanged(error)),
            Err(error) => {
                self.doubtful.store(true, Ordering::Relaxed);
                Err(StoreError::Unsure(error))
            }
        }
    }
}

pub(super) fn exactly_one(
    transaction: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<(), rusqlite::Error> {
    match transaction.prepare_cached(sql)?.execute(params)? {
        1 => Ok(()),
        rows => Err(rusqlite::Error::StatementChangedRows(rows)),
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
