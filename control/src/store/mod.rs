//! What survives: one SQLite file in the data folder, and the lock beside it.
//!
//! 1. A change, of one service or of several, is one transaction: the new documents and their
//!    records in history. It is committed, and synced to the disk, before anybody is told.
//! 2. The file is written by one process only, which the lock sees to.
//! 3. History is append-only, which triggers see to.
//! 4. The answer to a request with a key is kept with what it changed, so that a retry gets it again.
//! 5. The nodes and those who wait for them are kept as well, so that control may restart in the middle.
//! 6. A timer is kept with the revision that it belongs to.
//! 7. Of a token its hash is kept, and for ever what it was for.
//! 8. Every document that is read goes through [`State::parse`] and must agree with history.
//!
//! [`State::parse`]: intermission_core::State::parse

mod database;
mod error;
mod fleet;
mod folder;
mod grants;
mod idempotency;
mod load;
mod lock;
mod record;
mod schema;
mod timer;

pub(crate) use self::database::{Page, Save, Store};
pub(crate) use self::error::{OpenError, StoreError};
pub(crate) use self::fleet::KeptBarrier;
pub(crate) use self::folder::{Disk, Folder};
pub(crate) use self::idempotency::{Memo, Once};
pub(crate) use self::load::Kept;
pub(crate) use self::record::Record;
