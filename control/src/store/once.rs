use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// How long an answer is kept for a retry, in milliseconds.
const KEPT: i64 = 24 * 60 * 60 * 1000;

/// A request that is to be obeyed once, however often it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Once {
    /// The key that its sender gave it.
    pub(crate) key: String,
    /// The SHA-256 of what was asked.
    pub(crate) request: [u8; 32],
}

/// The answer that such a request was given.
#[derive(Debug)]
pub(crate) struct Memo<'m> {
    pub(crate) actor: &'m str,
    pub(crate) once: &'m Once,
    pub(crate) at: Timestamp,
    pub(crate) outcomes: String,
}

impl Memo<'_> {
    /// Keeps it, and forgets those that are too old.
    pub(super) fn save(&self, transaction: &Transaction<'_>) -> Result<(), rusqlite::Error> {
        let at = self.at.as_millisecond();
        transaction.execute("DELETE FROM answers WHERE at < ?1", [at - KEPT])?;
        let Once { key, request } = self.once;
        transaction.execute(
            "INSERT INTO answers (actor, key, request, at, outcomes) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![self.actor, key, request, at, self.outcomes],
        )?;
        Ok(())
    }
}

/// What was asked under this key, and the answer.
pub(super) fn recall(
    connection: &Connection,
    actor: &str,
    key: &str,
) -> Result<Option<([u8; 32], String)>, rusqlite::Error> {
    let mut statement = connection
        .prepare_cached("SELECT request, outcomes FROM answers WHERE actor = ?1 AND key = ?2")?;
    statement
        .query_row([actor, key], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}
