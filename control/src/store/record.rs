use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use serde::{Deserialize, Serialize};

use crate::wire::timer::Timer;

/// Who changed what, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) revision: u64,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) reason: Option<String>,
}

impl Stamp {
    /// Reads the first columns of a row: revision, at, actor, action, reason.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let at: String = row.get(1)?;
        let at = at.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error))
        })?;
        Ok(Self {
            revision: row.get::<_, i64>(0)?.try_into().unwrap_or_default(),
            at,
            actor: row.get(2)?,
            action: row.get(3)?,
            reason: row.get(4)?,
        })
    }
}

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
