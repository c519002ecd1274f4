//! States and their history.

use intermission_core::State;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::labels::Labels;
use crate::store::batch::{StoredRecord, StoredState};
use crate::store::error::{OpenError, StoreError};
use crate::store::sqlite::columns::{exactly_one, stamp};
use crate::values::etag::tag_of;
use crate::wire::removed::Removed;
use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// Saves a state, whose revision must follow the last.
pub(super) fn save_state(
    transaction: &Transaction<'_>,
    stored: &StoredState,
) -> Result<(), StoreError> {
    let service = stored.state.service.as_str();
    let document = String::from_utf8_lossy(&stored.document);
    let since = stored.since.as_ref().map(serde_json::to_string);
    let since = since.transpose().map_err(StoreError::unchanged)?;
    let (stamp, timer) = (&stored.last_change, stored.timer.as_ref());
    let labels = stored.labels.to_json();
    let row = Row {
        service,
        stamp,
        document: &document,
        timer,
        tag: stored.tag.as_str(),
        labels: labels.as_deref(),
    };
    row.insert(transaction)?;
    // The registry has compared already; that the disk agrees is cheap to check. A service that is new has revision 1,
    // unless it is one of a store that is copied.
    let sql = "INSERT INTO services (name, revision, document, since, documents_from)
               VALUES (?1, ?2, ?3, ?4, ?2)
               ON CONFLICT (name) DO UPDATE
               SET revision = excluded.revision, document = excluded.document, since = excluded.since
               WHERE revision = excluded.revision - 1";
    Ok(exactly_one(
        transaction,
        sql,
        params![service, stamp.revision, document, since],
    )?)
}

/// Saves that a service is removed. Its state and its history stay; its members do not.
pub(super) fn remove_service(
    transaction: &Transaction<'_>,
    service: &str,
    removed: &Removed,
) -> Result<(), rusqlite::Error> {
    let Stamp {
        revision,
        at,
        actor,
        action,
        reason,
    } = &removed.stamp;
    let mode = &removed.maintenance;
    exactly_one(
        transaction,
        "INSERT OR REPLACE INTO removed (service, revision, at, actor, action, reason, maintenance)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            service,
            revision,
            at.to_string(),
            actor,
            action,
            reason,
            mode
        ],
    )?;
    for table in ["members", "forgiven"] {
        let sql = format!("DELETE FROM {table} WHERE service = ?1");
        transaction.execute(&sql, [service])?;
    }
    Ok(())
}

/// Saves a record of a store that is copied, whose document is not kept.
pub(super) fn save_record(
    transaction: &Transaction<'_>,
    record: &StoredRecord,
) -> Result<(), rusqlite::Error> {
    let StoredRecord {
        service,
        tag,
        stamp,
        timer,
    } = record;
    let row = Row {
        service,
        stamp,
        document: "",
        timer: timer.as_ref(),
        tag,
        labels: None,
    };
    row.insert(transaction)
}

/// A revision in the table of histories.
struct Row<'r> {
    service: &'r str,
    stamp: &'r Stamp,
    document: &'r str,
    timer: Option<&'r Timer>,
    tag: &'r str,
    labels: Option<&'r str>,
}

impl Row<'_> {
    fn insert(&self, transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
        let Stamp {
            revision,
            at,
            actor,
            action,
            reason,
        } = self.stamp;
        exactly_one(
            transaction,
            "INSERT INTO history (service, revision, at, actor, action, reason, after, timer, tag, labels)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                self.service,
                revision,
                at.to_string(),
                actor,
                action,
                reason,
                self.document,
                self.timer,
                self.tag,
                self.labels
            ],
        )
    }
}

/// Of a row of `services`: whether the service is removed.
pub(super) const IS_REMOVED: &str =
    "EXISTS (SELECT 1 FROM removed WHERE service = name AND removed.revision = services.revision)";

/// The services that are removed.
pub(super) fn removed(connection: &Connection) -> Result<Vec<(String, Removed)>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT removed.revision, at, actor, action, reason, service, maintenance
         FROM removed JOIN services ON name = service AND services.revision = removed.revision
         ORDER BY service",
    )?;
    let rows = statement.query_map([], |row| {
        let removed = Removed {
            stamp: stamp(row)?,
            maintenance: row.get(6)?,
        };
        Ok((row.get(5)?, removed))
    })?;
    rows.collect()
}

/// The states of all services that are not removed.
pub(super) fn load(connection: &Connection, identity: &str) -> Result<Vec<StoredState>, OpenError> {
    let mut services = connection.prepare(&format!(
        "SELECT name, revision, document, since FROM services WHERE NOT {IS_REMOVED} ORDER BY name"
    ))?;
    let mut rows = services.query([])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let revision: i64 = row.get(1)?;
        let document: String = row.get(2)?;
        let since: Option<String> = row.get(3)?;
        states.push(check(
            connection, identity, &name, revision, document, since,
        )?);
    }
    Ok(states)
}

/// The last record of a service.
pub(super) const LAST: &str =
    "SELECT revision, at, actor, action, reason, after, timer, tag, labels FROM history
     WHERE service = ?1 ORDER BY revision DESC LIMIT 1";

/// Believes a document only if the rest of the store tells the same.
fn check(
    connection: &Connection,
    identity: &str,
    name: &str,
    revision: i64,
    document: String,
    since: Option<String>,
) -> Result<StoredState, OpenError> {
    let corrupt = |reason: String| OpenError::Corrupt {
        service: name.to_owned(),
        reason,
    };
    let state = State::parse(document.as_bytes()).map_err(|error| corrupt(error.to_string()))?;
    if state.service.as_str() != name || &*state.store != identity {
        return Err(corrupt(format!(
            "its document is of {} in store {}",
            state.service, state.store
        )));
    }
    let (last_change, after, timer, tag, labels) = connection
        .prepare_cached(LAST)?
        .query_row([name], |row| {
            let after: String = row.get(5)?;
            let tag: Option<String> = row.get(7)?;
            let labels: Option<String> = row.get(8)?;
            Ok((stamp(row)?, after, row.get(6)?, tag, labels))
        })
        .optional()?
        .ok_or_else(|| corrupt("it has no history".to_owned()))?;
    if i64::try_from(state.revision) != Ok(revision)
        || last_change.revision != state.revision
        || after != document
    {
        return Err(corrupt(format!(
            "its document has revision {}, its row {revision}, the last of its history {}",
            state.revision, last_change.revision
        )));
    }
    let found = tag_of(&state, document.as_bytes());
    if let Some(tag) = tag.filter(|tag| tag != found.as_str()) {
        return Err(corrupt(format!(
            "its document has the tag {found}, its history {tag}"
        )));
    }
    let labels = labels.map(|labels| Labels::read(labels.as_bytes(), &state.allowlist));
    let labels = labels
        .transpose()
        .map_err(|error| corrupt(format!("its labels: {error}")))?;
    let since = since.map(|since| serde_json::from_str(&since));
    let since = since
        .transpose()
        .map_err(|error| corrupt(error.to_string()))?;
    Ok(StoredState {
        state,
        document: document.into(),
        tag: found,
        last_change,
        since,
        timer,
        labels: labels.unwrap_or_default(),
    })
}

/// A state before the last, if it is there and can be read.
pub(super) fn earlier(
    connection: &Connection,
    service: &str,
    revision: u64,
) -> Result<Option<StoredState>, OpenError> {
    let mut statement = connection.prepare_cached(
        "SELECT revision, at, actor, action, reason, after FROM history
         WHERE service = ?1 AND revision = ?2 AND after <> ''",
    )?;
    let row = statement.query_row(params![service, revision], |row| {
        Ok((stamp(row)?, row.get::<_, String>(5)?))
    });
    let read = |(last_change, document): (Stamp, String)| {
        let state = State::parse(document.as_bytes()).ok()?;
        Some(StoredState {
            tag: tag_of(&state, document.as_bytes()),
            state,
            document: document.into(),
            last_change,
            since: None,
            timer: None,
            labels: Labels::default(),
        })
    };
    Ok(row.optional()?.and_then(read))
}
