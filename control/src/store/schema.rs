//! The tables, and their version.

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use ulid::Ulid;

use crate::store::OpenError;

/// The version of the tables that this code reads and writes.
const VERSION: i64 = 2;

const TABLES: &str = "
    CREATE TABLE store (
        only     INTEGER PRIMARY KEY CHECK (only = 1),
        identity TEXT NOT NULL
    ) STRICT;

    CREATE TABLE services (
        name     TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        document TEXT NOT NULL
    ) STRICT;

    CREATE TABLE history (
        sequence INTEGER PRIMARY KEY,
        service  TEXT NOT NULL,
        revision INTEGER NOT NULL,
        at       TEXT NOT NULL,
        actor    TEXT NOT NULL,
        action   TEXT NOT NULL,
        reason   TEXT,
        before   TEXT,
        after    TEXT NOT NULL,
        UNIQUE (service, revision)
    ) STRICT;

    CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;
    CREATE TRIGGER history_is_never_deleted BEFORE DELETE ON history
        BEGIN SELECT RAISE(ABORT, 'history is append-only'); END;

    CREATE TABLE tokens (
        name TEXT PRIMARY KEY,
        hash BLOB NOT NULL
    ) STRICT;
";

/// What version 2 added.
const ANSWERS: &str = "
    CREATE TABLE answers (
        actor    TEXT NOT NULL,
        key      TEXT NOT NULL,
        request  BLOB NOT NULL,
        at       INTEGER NOT NULL,
        outcomes TEXT NOT NULL,
        PRIMARY KEY (actor, key)
    ) STRICT;
";

/// Makes the tables where there are none, in one transaction with the store's identity.
pub(super) fn prepare(connection: &mut Connection, now: Timestamp) -> Result<(), OpenError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match version {
        VERSION => return Ok(()),
        1 => {
            transaction.execute_batch(ANSWERS)?;
            transaction.pragma_update(None, "user_version", VERSION)?;
            return Ok(transaction.commit()?);
        }
        0 => {}
        found => {
            return Err(OpenError::Version {
                found,
                known: VERSION,
            });
        }
    }
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(OpenError::Random)?;
    let milliseconds = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let identity = Ulid::from_parts(milliseconds, u128::from_be_bytes(random));
    transaction.execute_batch(TABLES)?;
    transaction.execute_batch(ANSWERS)?;
    transaction.execute(
        "INSERT INTO store (only, identity) VALUES (1, ?1)",
        [identity.to_string()],
    )?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}
