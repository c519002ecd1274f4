//! What survives: one SQLite file in the data folder, and the lock beside it.
//!
//! 1. A change, of one service or of several, is one transaction: the new documents and their
//!    records in history. It is committed, and synced to the disk, before it is answered.
//! 2. One process only writes the file, which the lock ensures.
//! 3. History is append-only, which triggers ensure.
//! 4. The answer to a request with a key is kept with what it changed, so that a retry gets it again.
//! 5. Members and barriers are stored as well, so that control may restart during a wait.
//! 6. A timer is kept with the revision that it belongs to.
//! 7. Only the hash of a token is stored; its grant is kept permanently.
//! 8. Every document that is read goes through [`State::parse`] and must agree with history.
//!
//! [`State::parse`]: intermission_core::State::parse

mod barriers;
mod batch;
mod columns;
mod database;
mod error;
mod folder;
mod history;
mod idempotency;
mod load;
mod lock;
mod members;
mod schema;
mod states;
mod tokens;

pub(crate) use self::barriers::StoredBarrier;
pub(crate) use self::batch::{Batch, Step};
pub(crate) use self::database::Store;
pub(crate) use self::error::{OpenError, StoreError};
pub(crate) use self::folder::{Disk, Folder};
pub(crate) use self::history::{Page, Record};
pub(crate) use self::idempotency::{IdempotencyKey, StoredAnswer};
pub(crate) use self::members::StoredMember;
pub(crate) use self::schema::mint_after;
pub(crate) use self::states::StoredState;
