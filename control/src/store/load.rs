//! Reading what is in force when control starts.

use intermission_core::{Mode, State};
use rusqlite::{Connection, OptionalExtension};

use crate::store::database::Store;
use crate::store::error::OpenError;
use crate::store::record::stamp;

use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// A service as the store keeps it.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) state: State,
    /// The document that the state was read from.
    pub(crate) document: String,
    /// The change that made this revision.
    pub(crate) last_change: Stamp,
    /// The change that began the maintenance that is in force.
    pub(crate) since: Option<Stamp>,
    pub(crate) timer: Option<Timer>,
}

impl Store {
    /// Everything that is in force.
    pub(crate) fn load(&self) -> Result<Vec<Kept>, OpenError> {
        load(&self.connection, &self.identity)
    }
}

fn load(connection: &Connection, identity: &str) -> Result<Vec<Kept>, OpenError> {
    let mut services =
        connection.prepare("SELECT name, revision, document FROM services ORDER BY name")?;
    let mut rows = services.query([])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get(0)?;
        let revision: i64 = row.get(1)?;
        let document: String = row.get(2)?;
        kept.push(check(connection, identity, &name, revision, document)?);
    }
    Ok(kept)
}

/// Believes a document only if the rest of the store tells the same.
fn check(
    connection: &Connection,
    identity: &str,
    name: &str,
    revision: i64,
    document: String,
) -> Result<Kept, OpenError> {
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
    Ok(Kept {
        state,
        document,
        last_change,
        since,
        timer,
    })
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
