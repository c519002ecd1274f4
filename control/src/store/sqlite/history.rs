use rusqlite::{Connection, params};

use crate::store::error::StoreError;
use crate::store::history::{MOST_BYTES, MOST_RECORDS, Page, Record};
use crate::store::sqlite::columns::stamp;
use crate::wire::stamp::Stamp;

/// The records of `service` before revision `before`, as many as one answer should carry.
pub(super) fn history(
    connection: &Connection,
    service: &str,
    before: Option<u64>,
) -> Result<Page, StoreError> {
    let before = before.and_then(|revision| i64::try_from(revision).ok());
    let mut statement = connection.prepare_cached(
        "SELECT revision, at, actor, action, reason, before, after, timer FROM history
         WHERE service = ?1 AND revision < ?2 ORDER BY revision DESC",
    )?;
    let mut rows = statement.query(params![service, before.unwrap_or(i64::MAX)])?;
    let mut records: Vec<Record> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        if records.len() == MOST_RECORDS || bytes > MOST_BYTES {
            let next = records.last().map(|record| record.stamp.revision);
            return Ok(Page { records, next });
        }
        let record = Record {
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
pub(super) fn document(
    connection: &Connection,
    service: &str,
    revision: u64,
) -> Result<Option<String>, StoreError> {
    let Ok(revision) = i64::try_from(revision) else {
        return Ok(None);
    };
    let mut statement = connection
        .prepare_cached("SELECT after FROM history WHERE service = ?1 AND revision = ?2")?;
    let mut rows = statement.query(params![service, revision])?;
    Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
}

/// What happened to `service` from revision `from` on, and before revision `to`, the newest first.
pub(super) fn events(
    connection: &Connection,
    service: &str,
    from: u64,
    to: Option<u64>,
) -> Result<Vec<Stamp>, StoreError> {
    let integer = |revision: u64| i64::try_from(revision).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(
        "SELECT revision, at, actor, action, reason FROM events
         WHERE service = ?1 AND revision >= ?2 AND revision < ?3 ORDER BY sequence DESC",
    )?;
    let to = to.map_or(i64::MAX, integer);
    let rows = statement.query_map(params![service, integer(from), to], stamp)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn save_event(
    connection: &Connection,
    service: &str,
    event: &Stamp,
) -> Result<(), rusqlite::Error> {
    connection.execute(
        "INSERT INTO events (service, revision, at, actor, action, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            service,
            event.revision,
            event.at.to_string(),
            event.actor,
            event.action,
            event.reason,
        ],
    )?;
    Ok(())
}
