use rusqlite::Row;
use rusqlite::types::Type;

use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// A revision of one service, as history keeps it.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) service: String,
    pub(crate) stamp: Stamp,
    /// The document that was in force before; none for a service's first.
    pub(crate) before: Option<String>,
    pub(crate) after: String,
    /// The timer that runs from this revision on.
    pub(crate) timer: Option<Timer>,
}

/// Reads the first columns of a row: revision, at, actor, action, reason.
pub(super) fn stamp(row: &Row<'_>) -> rusqlite::Result<Stamp> {
    let at: String = row.get(1)?;
    let at = at.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error))
    })?;
    Ok(Stamp {
        revision: row.get::<_, i64>(0)?.try_into().unwrap_or_default(),
        at,
        actor: row.get(2)?,
        action: row.get(3)?,
        reason: row.get(4)?,
    })
}
