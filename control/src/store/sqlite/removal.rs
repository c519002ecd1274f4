//! Removing what is kept no longer, a portion at a time.
//!
//! SQLite uses the pages again that become free. The file does not become smaller.

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};

use crate::store::error::StoreError;
use crate::store::retention::{Portion, Removal, Rest};
use crate::store::sqlite::columns::{exactly_one, time};
use crate::store::sqlite::history::known_tag;

/// How many rows a portion looks at, and about how many bytes of documents it removes.
const MOST_ROWS: u64 = 50;
const MOST_BYTES: usize = 1 << 20;

/// Removes a portion of what is kept no longer.
pub(super) fn remove(
    transaction: &Transaction<'_>,
    removal: &Removal,
) -> Result<Portion, StoreError> {
    let (removed, rest) = match removal {
        Removal::Documents { service, before } => {
            let (removed, is_done) = documents(transaction, service, *before)?;
            (removed, Rest::same_if(!is_done))
        }
        Removal::Records {
            service,
            before,
            until,
        } => {
            let removed = records(transaction, service, *before, *until)?;
            (removed, Rest::same_if(removed == MOST_ROWS))
        }
        Removal::Events { service, until } => {
            let removed = events(transaction, service, *until)?;
            (removed, Rest::same_if(removed == MOST_ROWS))
        }
        Removal::Barriers { until, from } => {
            let sql = "SELECT rowid, began, progress IS NULL FROM barriers
                       WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
            let is_old = |row: &Row<'_>| Ok(time(row, 1)? < *until && !row.get::<_, bool>(2)?);
            let delete = "DELETE FROM barriers WHERE rowid = ?1";
            let (removed, place) = old_rows(transaction, from.as_deref(), sql, is_old, delete)?;
            (removed, Rest::from_place(place))
        }
        Removal::Answers { until, from } => {
            let sql = "SELECT rowid, at FROM answers WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";
            let is_old = |row: &Row<'_>| Ok(row.get::<_, i64>(1)? < until.as_millisecond());
            let delete = "DELETE FROM answers WHERE rowid = ?1";
            let (removed, place) = old_rows(transaction, from.as_deref(), sql, is_old, delete)?;
            (removed, Rest::from_place(place))
        }
        // No other process follows this store.
        Removal::Log { .. } => (0, Rest::Nothing),
    };
    Ok(Portion { removed, rest })
}

/// Removes documents; returns how many, and whether none is left.
fn documents(
    transaction: &Transaction<'_>,
    service: &str,
    before: u64,
) -> Result<(u64, bool), StoreError> {
    let first: u64 = transaction
        .prepare_cached("SELECT documents_from FROM services WHERE name = ?1")?
        .query_row([service], |row| row.get(0))?;
    let mut find = transaction.prepare_cached(
        "SELECT after, tag FROM history WHERE service = ?1 AND revision = ?2 AND after <> ''",
    )?;
    let mut remove = transaction.prepare_cached(
        "UPDATE history SET before = NULL, after = '', labels = NULL, tag = ?3
         WHERE service = ?1 AND revision = ?2",
    )?;
    let end = before.min(first + MOST_ROWS);
    let (mut next, mut removed, mut bytes) = (first, 0, 0);
    while next < end && bytes < MOST_BYTES {
        let mut rows = find.query(params![service, next])?;
        if let Some(row) = rows.next()? {
            let document: String = row.get(0)?;
            let tag: Option<String> = row.get(1)?;
            // The tag proves later what a node has in force. A document that has none stays.
            if let Some(tag) = known_tag(tag, Some(&document)) {
                drop(rows);
                bytes += document.len();
                removed += 1;
                remove.execute(params![service, next, tag])?;
            }
        }
        next += 1;
    }
    if next > first {
        keep_documents_from(transaction, service, next)?;
    }
    Ok((removed, next >= before))
}

/// Removes the first records, as long as they are older than `until`; returns how many.
fn records(
    transaction: &Transaction<'_>,
    service: &str,
    before: u64,
    until: Timestamp,
) -> Result<u64, StoreError> {
    let old = transaction
        .prepare_cached(
            "SELECT revision, at FROM history
             WHERE service = ?1 AND revision < ?2 ORDER BY revision LIMIT ?3",
        )?
        .query_map(params![service, before, MOST_ROWS], |row| {
            Ok((row.get::<_, u64>(0)?, time(row, 1)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let mut removed = 0;
    for (revision, _) in old.into_iter().take_while(|(_, at)| *at < until) {
        let sql = "DELETE FROM history WHERE service = ?1 AND revision = ?2";
        exactly_one(transaction, sql, params![service, revision])?;
        keep_documents_from(transaction, service, revision + 1)?;
        removed += 1;
    }
    Ok(removed)
}

fn keep_documents_from(
    transaction: &Transaction<'_>,
    service: &str,
    revision: u64,
) -> Result<(), rusqlite::Error> {
    let sql = "UPDATE services SET documents_from = max(documents_from, ?2) WHERE name = ?1";
    exactly_one(transaction, sql, params![service, revision])
}

/// Removes the first events, as long as they are older than `until`; returns how many.
fn events(
    transaction: &Transaction<'_>,
    service: &str,
    until: Timestamp,
) -> Result<u64, StoreError> {
    let old = transaction
        .prepare_cached(
            "SELECT sequence, at FROM events WHERE service = ?1 ORDER BY revision, sequence LIMIT ?2",
        )?
        .query_map(params![service, MOST_ROWS], |row| {
            Ok((row.get::<_, i64>(0)?, time(row, 1)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let mut removed = 0;
    for (sequence, _) in old.into_iter().take_while(|(_, at)| *at < until) {
        exactly_one(
            transaction,
            "DELETE FROM events WHERE sequence = ?1",
            [sequence],
        )?;
        removed += 1;
    }
    Ok(removed)
}

/// Removes those of the next rows that are old; returns how many, and where the rest begins.
fn old_rows(
    transaction: &Transaction<'_>,
    from: Option<&str>,
    find: &str,
    is_old: impl Fn(&Row<'_>) -> rusqlite::Result<bool>,
    delete: &str,
) -> Result<(u64, Option<String>), StoreError> {
    let last: i64 = from.and_then(|from| from.parse().ok()).unwrap_or_default();
    let rows = transaction
        .prepare_cached(find)?
        .query_map(params![last, MOST_ROWS], |row| {
            Ok((row.get::<_, i64>(0)?, is_old(row)?))
        })?
        .collect::<Result<Vec<_>, _>>()?;
    let is_full = u64::try_from(rows.len()) == Ok(MOST_ROWS);
    let next = rows
        .last()
        .filter(|_| is_full)
        .map(|(row, _)| row.to_string());
    let mut removed = 0;
    for (row, _) in rows.into_iter().filter(|(_, is_old)| *is_old) {
        exactly_one(transaction, delete, [row])?;
        removed += 1;
    }
    Ok((removed, next))
}
