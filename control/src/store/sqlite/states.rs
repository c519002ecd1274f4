//! States and their history.

use intermission_core::{Mode, State};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::store::batch::StoredState;
use crate::store::error::{OpenError, StoreError};
use crate::store::sqlite::columns::{exactly_one, stamp};
use crate::wire::stamp::Stamp;

/// Saves a state, whose revision must follow the last.
pub(super) fn save_state(
    transaction: &Transaction<'_>,
    stored: &StoredState,
) -> Result<(), StoreError> {
    let service = stored.state.service.as_str();
    let document = String::from_utf8_lossy(&stored.document);
    let Stamp {
        revision,
        at,
        actor,
        action,
        reason,
    } = &stored.last_change;
    let revision = i64::try_from(*revision).unwrap_or(i64::MAX);
    exactly_one(
        transaction,
        "INSERT INTO history (service, revision, at, actor, action, reason, before, after, timer)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT document FROM services WHERE name = ?1), ?7, ?8)",
        params![
            service,
            revision,
            at.to_string(),
            actor,
            action,
            reason,
            document,
            stored.timer
        ],
    )?;
    let sql = match revision {
        1 => "INSERT INTO services (name, revision, document) VALUES (?1, ?2, ?3)",
        // The registry has compared already; that the disk agrees is cheap to check.
        _ => {
            "UPDATE services SET revision = ?2, document = ?3
             WHERE name = ?1 AND revision = ?2 - 1"
        }
    };
    Ok(exactly_one(
        transaction,
        sql,
        params![service, revision, document],
    )?)
}

/// The states of all services.
pub(super) fn load(connection: &Connection, identity: &str) -> Result<Vec<StoredState>, OpenError> {
    let mut services =
        connection.prepare("SELECT name, revision, document FROM services ORDER BY name")?;
    let mut rows = services.query([])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let revision: i64 = row.get(1)?;
        let document: String = row.get(2)?;
        states.push(check(connection, identity, &name, revision, document)?);
    }
    Ok(states)
}

/// Believes a document only if the rest of the store tells the same.
fn check(
    connection: &Connection,
    identity: &str,
    name: &str,
    revision: i64,
    document: String,
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
    let (last_change, after, timer) = connection
        .query_row(
            "SELECT revision, at, actor, action, reason, after, timer FROM history
             WHERE service = ?1 ORDER BY revision DESC LIMIT 1",
            [name],
            |row| Ok((stamp(row)?, row.get::<_, String>(5)?, row.get(6)?)),
        )
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
    let since = match state.maintenance {
        Mode::Off => None,
        Mode::Writes | Mode::All => beginning(connection, name)?,
    };
    Ok(StoredState {
        state,
        document: document.into(),
        last_change,
        since,
        timer,
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
         WHERE service = ?1 AND revision = ?2",
    )?;
    let row = statement.query_row(params![service, revision], |row| {
        Ok((stamp(row)?, row.get::<_, String>(5)?))
    });
    let read = |(last_change, document): (Stamp, String)| {
        Some(StoredState {
            state: State::parse(document.as_bytes()).ok()?,
            document: document.into(),
            last_change,
            since: None,
            timer: None,
        })
    };
    Ok(row.optional()?.and_then(read))
}

/// The last change from open to closed.
fn beginning(connection: &Connection, name: &str) -> Result<Option<Stamp>, OpenError> {
    let stamp = connection.query_row(
        "SELECT revision, at, actor, action, reason FROM history
         WHERE service = ?1 AND after ->> '$.maintenance' <> 'off'
               AND (before IS NULL OR before ->> '$.maintenance' = 'off')
         ORDER BY revision DESC LIMIT 1",
        [name],
        stamp,
    );
    Ok(stamp.optional()?)
}
