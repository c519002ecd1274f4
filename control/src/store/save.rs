use rusqlite::{Transaction, params};

use crate::store::barriers::{StoredBarrier, save_barrier};
use crate::store::database::{Store, exactly_one};
use crate::store::error::StoreError;
use crate::store::idempotency::StoredAnswer;
use crate::store::record::Record;
use crate::wire::stamp::Stamp;

/// What is saved together.
#[derive(Debug, Default)]
pub(crate) struct Save<'s> {
    pub(crate) records: &'s [Record],
    pub(crate) barriers: &'s [StoredBarrier],
    pub(crate) stored_answer: Option<&'s StoredAnswer<'s>>,
    /// What the store is to be called from now on.
    pub(crate) identity: Option<&'s str>,
}

impl Store {
    /// Saves new revisions, the barriers that wait for them, and the answer to the request, all or nothing.
    pub(crate) fn save(&mut self, save: &Save<'_>) -> Result<(), StoreError> {
        self.commit(|transaction| {
            if let Some(identity) = save.identity {
                transaction.execute("UPDATE store SET identity = ?1", [identity])?;
            }
            for record in save.records {
                save_record(transaction, record)?;
            }
            for barrier in save.barriers {
                save_barrier(transaction, barrier)?;
            }
            if let Some(stored_answer) = save.stored_answer {
                stored_answer.save(transaction)?;
            }
            Ok(())
        })?;
        if let Some(identity) = save.identity {
            identity.clone_into(&mut self.identity);
        }
        Ok(())
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
        // The registry has compared already; that the disk agrees is cheap to check.
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
