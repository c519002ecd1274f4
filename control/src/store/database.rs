use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{
    Connection, ErrorCode, OpenFlags, Params, Transaction, TransactionBehavior, params,
};
use ulid::Ulid;

use crate::fleet::Barrier;
use crate::store::error::{OpenError, StoreError};
use crate::store::folder::Folder;
use crate::store::idempotency::Memo;
use crate::store::load::Kept;
use crate::store::lock::Lock;
use crate::store::record::Record;
use crate::store::record::stamp;
use crate::store::{fleet, grants, idempotency, load, schema};
use crate::token::{Grant, Made, TokenHash};
use crate::wire::stamp::Stamp;

const FILE: &str = "intermission.db";

/// The open store of this process.
#[derive(Debug)]
pub(crate) struct Store {
    pub(super) connection: Connection,
    identity: String,
    /// Whether the disk failed in the middle of a commit, which left a doubtful change behind.
    doubtful: Arc<AtomicBool>,
    _lock: Lock,
}

/// Some records of a history, the newest first.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) records: Vec<Record>,
    /// Where the next page goes on; `None` when this one reaches the beginning.
    pub(crate) next: Option<u64>,
}

/// What is saved together.
#[derive(Debug, Default)]
pub(crate) struct Save<'s> {
    pub(crate) records: &'s [Record],
    pub(crate) barriers: &'s [Barrier],
    pub(crate) memo: Option<&'s Memo<'s>>,
    /// What the store is to be called from now on.
    pub(crate) identity: Option<&'s str>,
}

impl Store {
    /// Opens the store in `folder`, and founds it where there is none.
    pub(crate) fn open(folder: &Folder, now: Timestamp) -> Result<Self, OpenError> {
        let lock = Lock::take(folder)?;
        // SQLite gives its log the mode of the database, which has testers' addresses and reasons.
        folder.open_file(FILE, File::options().append(true).create(true))?;
        let flags = OpenFlags::default() | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let mut connection = Connection::open_with_flags(folder.path().join(FILE), flags)?;
        // Nobody else writes, but a backup may read.
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // In WAL mode anything less may lose the last commits with the power.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        schema::prepare(&mut connection, now)?;
        // SQLite syncs the files; that they have names is the folder's to keep.
        folder.sync()?;
        let identity = connection.query_row("SELECT identity FROM store", [], |row| row.get(0))?;
        Ok(Self {
            connection,
            identity,
            doubtful: Arc::default(),
            _lock: lock,
        })
    }

    /// The identity of the store, a ULID.
    pub(crate) fn identity(&self) -> &str {
        &self.identity
    }

    /// Whether the disk has failed, and nothing was saved since: to be looked at while the store is busy.
    pub(crate) fn failed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.doubtful)
    }

    /// Everything that is in force.
    pub(crate) fn load(&self) -> Result<Vec<Kept>, OpenError> {
        load::load(&self.connection, &self.identity)
    }

    /// What was asked under this key within a day before `now`, as a hash, and the answer.
    pub(crate) fn recall(
        &self,
        actor: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<([u8; 32], String)>, StoreError> {
        Ok(idempotency::recall(&self.connection, actor, key, now)?)
    }

    /// Saves new revisions, who waits for them, and the answer to whoever asked for them, all or nothing.
    pub(crate) fn save(&mut self, save: &Save<'_>) -> Result<(), StoreError> {
        self.commit(|transaction| {
            if let Some(identity) = save.identity {
                transaction.execute("UPDATE store SET identity = ?1", [identity])?;
            }
            for record in save.records {
                save_record(transaction, record)?;
            }
            for barrier in save.barriers {
                fleet::save_barrier(transaction, barrier)?;
            }
            if let Some(memo) = save.memo {
                memo.save(transaction)?;
            }
            Ok(())
        })?;
        if let Some(identity) = save.identity {
            identity.clone_into(&mut self.identity);
        }
        Ok(())
    }

    /// Mints an identity for this store that is greater than the one it has.
    pub(crate) fn mint(&self, now: Timestamp) -> Result<String, StoreError> {
        let minted = schema::mint(now).map_err(StoreError::random)?;
        if minted > self.identity {
            return Ok(minted);
        }
        // The clock was set back: what counts is that it is greater.
        let ulid: Option<Ulid> = self.identity.parse().ok();
        let next = ulid.and_then(|ulid| ulid.increment().ok());
        next.map(|ulid| ulid.to_string())
            .ok_or_else(|| StoreError::random(OpenError::Random(getrandom::Error::UNEXPECTED)))
    }

    /// Saves what `work` writes, all or nothing.
    ///
    /// When writing or syncing fails, SQLite takes the commit back, but its frames may have reached the end of the
    /// log all the same, and a crash now would bring them to life: a change that was answered with an error. The
    /// next commit that writes takes their place, and only then there is no doubt any more.
    pub(super) fn commit(
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

    /// The records of `service` before revision `before`, as many as one answer should carry.
    pub(crate) fn history(&self, service: &str, before: Option<u64>) -> Result<Page, StoreError> {
        const MOST: usize = 100;
        const MOST_BYTES: usize = 4 << 20;
        let before = before.and_then(|revision| i64::try_from(revision).ok());
        let mut statement = self.connection.prepare_cached(
            "SELECT revision, at, actor, action, reason, before, after, timer FROM history
             WHERE service = ?1 AND revision < ?2 ORDER BY revision DESC",
        )?;
        let mut rows = statement.query(params![service, before.unwrap_or(i64::MAX)])?;
        let mut records: Vec<Record> = Vec::new();
        let mut bytes = 0;
        while let Some(row) = rows.next()? {
            if records.len() == MOST || bytes > MOST_BYTES {
                let next = records.last().map(|record| record.stamp.revision);
                return Ok(Page { records, next });
            }
            let record = Record {
                service: service.to_owned(),
                stamp: stamp(row)?,
                before: row.get(5)?,
                after: row.get(6)?,
                timer: row.get(7)?,
            };
            bytes += record.before.as_ref().map_or(0, String::len) + record.after.len();
            records.push(record);
        }
        Ok(Page {
            records,
            next: None,
        })
    }

    /// The document of `service` at this revision, if there was one.
    pub(crate) fn document(
        &self,
        service: &str,
        revision: u64,
    ) -> Result<Option<String>, StoreError> {
        let Ok(revision) = i64::try_from(revision) else {
            return Ok(None);
        };
        let mut statement = self
            .connection
            .prepare_cached("SELECT after FROM history WHERE service = ?1 AND revision = ?2")?;
        let mut rows = statement.query(params![service, revision])?;
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    /// All tokens there ever were, by their hashes.
    pub(crate) fn tokens(&self) -> Result<Vec<(TokenHash, Grant)>, OpenError> {
        Ok(grants::load(&self.connection)?)
    }

    /// Sees to it that the operator's token is the one with this hash.
    pub(crate) fn settle_operator(
        &mut self,
        hash: &TokenHash,
        now: &Made,
    ) -> Result<(), OpenError> {
        let transaction = self.connection.transaction()?;
        grants::settle_operator(&transaction, hash, now)?;
        Ok(transaction.commit()?)
    }

    /// Keeps the hash of a new token, and what it is for.
    pub(crate) fn add_token(&mut self, hash: &TokenHash, grant: &Grant) -> Result<(), StoreError> {
        self.commit(|transaction| Ok(grants::add(transaction, hash, grant)?))
    }

    /// Notes who revoked the token called `name`, and when.
    pub(crate) fn revoke_token(&mut self, name: &str, revoked: &Made) -> Result<(), StoreError> {
        self.commit(|transaction| Ok(grants::revoke(transaction, name, revoked)?))
    }
}

/// Saves one revision, which must follow the last.
fn save_record(transaction: &Transaction<'_>, record: &Record) -> Result<(), rusqlite::Error> {
    let Record {
        service,
        stamp,
        before,
        after,
        timer,
    } = record;
    let revision = i64::try_from(stamp.revision).unwrap_or(i64::MAX);
    if before.is_none() {
        let sql = "INSERT INTO services (name, revision, document) VALUES (?1, ?2, ?3)";
        exactly_one(transaction, sql, params![service, revision, after])?;
    } else {
        // The keeper has compared already; that this holds on the disk too is cheap to know.
        let sql = "UPDATE services SET revision = ?2, document = ?3
                   WHERE name = ?1 AND revision = ?2 - 1 AND document = ?4";
        exactly_one(transaction, sql, params![service, revision, after, before])?;
    }
    let sql =
        "INSERT INTO history (service, revision, at, actor, action, reason, before, after, timer)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let at = stamp.at.to_string();
    let Stamp {
        actor,
        action,
        reason,
        ..
    } = stamp;
    exactly_one(
        transaction,
        sql,
        params![
            service, revision, at, actor, action, reason, before, after, timer
        ],
    )
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
