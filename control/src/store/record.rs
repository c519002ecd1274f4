use jiff::Timestamp;
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
    Ok(Stamp {
        revision: row.get::<_, i64>(0)?.try_into().unwrap_or_default(),
        at: time(row, 1)?,
        actor: row.get(2)?,
        action: row.get(3)?,
        reason: row.get(4)?,
    })
}

/// Reads the time in a column.
pub(super) fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}
