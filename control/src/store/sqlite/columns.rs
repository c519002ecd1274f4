//! Rows of the tables, and values in their columns.

use jiff::Timestamp;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, Type, ValueRef};
use rusqlite::{Params, Row, ToSql, Transaction};

use crate::wire::stamp::Stamp;
use crate::wire::timer::Timer;

/// Runs a statement that has to change one row.
pub(super) fn exactly_one(
    transaction: &Transaction<'_>,
    sql: &str,
    params: impl Params,
) -> Result<(), rusqlite::Error> {
    match transaction.prepare_cached(sql)?.execute(params)? {
        1 => Ok(()),
        rows => Err(rusqlite::Error::StatementChangedRows(rows)),
    }
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
    text.parse()
        .map_err(|error: jiff::Error| unreadable(column, error))
}

/// The text in a column is not what it should be.
pub(super) fn unreadable(
    column: usize,
    error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
}

impl FromSql for Timer {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

impl ToSql for Timer {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(self)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(text.into())
    }
}
