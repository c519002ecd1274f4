use intermission_core::State;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::error::StoreError;
use crate::store::history::{MOST_BYTES, MOST_RECORDS, Page, Record};
use crate::store::sqlite::columns::stamp;
use crate::values::etag::tag_of;
use crate::wire::stamp::Stamp;

/// The records of a service before a revision, with the documents that were in force before.
pub(super) const PAGE: &str = "SELECT revision, at, actor, action, reason,
            (SELECT nullif(after, '') FROM history AS earlier
             WHERE earlier.service = ?1 AND earlier.revision = history.revision - 1),
            nullif(after, ''), timer, tag, labels
     FROM history WHERE service = ?1 AND revision < ?2 ORDER BY revision DESC";

/// The document and the tag of a revision.
pub(super) const RECORD: &str =
    "SELECT nullif(after, ''), tag FROM history WHERE service = ?1 AND revision = ?2";

/// The labels of a revision.
const LABELS: &str = "SELECT labels FROM history WHERE service = ?1 AND revision = ?2";

/// What else happened to a service between two revisions.
pub(super) const EVENTS: &str = "SELECT revision, at, actor, action, reason FROM events
     WHERE service = ?1 AND revision >= ?2 AND revision < ?3 ORDER BY sequence DESC";

/// The records of `service` before revision `before`, as many as one answer should carry.
pub(super) fn history(
    connection: &Connection,
    service: &str,
    before: Option<u64>,
) -> Result<Page, StoreError> {
    let before = before.and_then(|revision| i64::try_from(revision).ok());
    let mut statement = connection.prepare_cached(PAGE)?;
    let mut rows = statement.query(params![service, before.unwrap_or(i64::MAX)])?;
    let mut records: Vec<Record> = Vec::new();
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        if records.len() == MOST_RECORDS || bytes > MOST_BYTES {
            let next = records.last().map(|record| record.stamp.revision);
            return Ok(Page { records, next });
        }
        let after: Option<String> = row.get(6)?;
        let record = Record {
            stamp: stamp(row)?,
            tag: known_tag(row.get(8)?, after.as_deref()).unwrap_or_default(),
            before: row.get(5)?,
            after,
            timer: row.get(7)?,
            labels: row.get(9)?,
        };
        let texts = [&record.before, &record.after, &record.labels];
        let texts = texts.into_iter().flatten();
        bytes += texts.map(String::len).sum::<usize>();
        records.push(record);
    }
    Ok(Page {
        records,
        next: None,
    })
}

/// The entity tag of the document of `service` at this revision, if its record is kept.
pub(super) fn tag(
    connection: &Connection,
    service: &str,
    revision: u64,
) -> Result<Option<String>, StoreError> {
    let found = record(connection, service, revision)?;
    Ok(found.and_then(|(document, tag)| known_tag(tag, document.as_deref())))
}

/// The document of `service` at this revision, if it is kept.
pub(super) fn document(
    connection: &Connection,
    service: &str,
    revision: u64,
) -> Result<Option<String>, StoreError> {
    let found = record(connection, service, revision)?;
    Ok(found.and_then(|(document, _)| document))
}

/// The labels of `service` at this revision, if it has some and its document is kept.
pub(super) fn labels(
    connection: &Connection,
    service: &str,
    revision: u64,
) -> Result<Option<String>, StoreError> {
    let Ok(revision) = i64::try_from(revision) else {
        return Ok(None);
    };
    let mut statement = connection.prepare_cached(LABELS)?;
    let found = statement.query_row(params![service, revision], |row| row.get(0));
    Ok(found.optional()?.flatten())
}

/// The document and the tag of a revision.
#[expect(clippy::type_complexity, reason = "a row")]
fn record(
    connection: &Connection,
    service: &str,
    revision: u64,
) -> Result<Option<(Option<String>, Option<String>)>, StoreError> {
    let Ok(revision) = i64::try_from(revision) else {
        return Ok(None);
    };
    let row = connection
        .prepare_cached(RECORD)?
        .query_row(params![service, revision], |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
    Ok(row.optional()?)
}

/// The tag of a record, which an earlier program has stored without it; then its document is kept.
pub(super) fn known_tag(tag: Option<String>, document: Option<&str>) -> Option<String> {
    let of_document = || {
        let document = document?.as_bytes();
        let state = State::parse(document).ok()?;
        Some(tag_of(&state, document).to_string())
    };
    tag.or_else(of_document)
}

/// What happened to `service` from revision `from` on, and before revision `to`, the newest first.
pub(super) fn events(
    connection: &Connection,
    service: &str,
    from: u64,
    to: Option<u64>,
) -> Result<Vec<Stamp>, StoreError> {
    let integer = |revision: u64| i64::try_from(revision).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(EVENTS)?;
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::store::sqlite::{schema, states};

    #[test]
    fn no_question_about_one_service_reads_the_rows_of_others() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::prepare(&mut connection, Timestamp::UNIX_EPOCH).unwrap();
        for (sql, sorts) in [
            (PAGE, false),
            (RECORD, false),
            (LABELS, false),
            (EVENTS, true),
            (states::LAST, false),
        ] {
            let plan = format!("EXPLAIN QUERY PLAN {sql}");
            let mut statement = connection.prepare(&plan).unwrap();
            let mut rows = statement.raw_query();
            let mut steps = Vec::new();
            while let Some(row) = rows.next().unwrap() {
                steps.push(row.get::<_, String>(3).unwrap());
            }
            let is_by_index = steps.iter().any(|step| step.contains(" USING INDEX "));
            assert!(is_by_index, "{sql}: {steps:?}");
            // A page ends after its last row only if the rows come in order.
            let sorted = steps.iter().any(|step| step.contains("TEMP B-TREE"));
            assert_eq!(sorted, sorts, "{sql}: {steps:?}");
            let scans = steps.iter().any(|step| step.starts_with("SCAN"));
            assert!(!scans, "{sql}: {steps:?}");
        }
    }
}
