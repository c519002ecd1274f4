//! The embedded store: one SQLite file in the data folder, and the lock beside it.
//!
//! 1. A change, of one service or of several, is one transaction: the new documents and their
//!    records in history. It is committed, and synced to the disk, before it is answered.
//! 2. One process only writes the file, which the lock ensures.
//! 3. History is append-only, which triggers ensure.

mod barriers;
mod check;
mod columns;
mod database;
mod history;
mod idempotency;
mod load;
mod lock;
mod members;
mod removal;
mod save;
mod schema;
mod states;
mod tokens;

pub(crate) use self::database::Sqlite;
