//! What survives a restart of control.
//!
//! 1. A [`Batch`] is stored all or not at all, before the request that it belongs to is answered.
//! 2. History is append-only. Its documents, and where an operator says so its records, are removed from its beginning on.
//! 3. The answer to a request with a key is kept with what it changed, so that a retry gets it again.
//! 4. Members and barriers are stored as well, so that control may restart during a wait.
//! 5. A timer is kept with the revision that it belongs to.
//! 6. Only the hash of a token is stored; its grant is kept permanently.
//! 7. Every document that is read goes through [`State::parse`] and must agree with history.
//!
//! [`State::parse`]: intermission_core::State::parse

mod batch;
mod check;
mod copy;
mod error;
mod etcd;
#[cfg(test)]
mod fake;
mod folder;
mod history;
mod identity;
mod open_waits;
mod retention;
mod sqlite;
mod store;
#[cfg(test)]
mod tests;

pub(crate) use self::batch::{
    Batch, IdempotencyKey, KEPT, Step, StoredAnswer, StoredBarrier, StoredMember, StoredState,
};
pub(crate) use self::check::{Checked, Fault, Size};
pub(crate) use self::copy::{Copied, copy};
pub(crate) use self::error::{OpenError, StoreError};
pub(crate) use self::etcd::{
    Cluster, Etcd, EtcdFault, LEVEL, Lease, LiveKeys, MemberUrl, News, Observer,
};
#[cfg(test)]
pub(crate) use self::fake::FakeStore;
pub(crate) use self::folder::{Disk, Folder};
pub(crate) use self::history::{Page, Record, labelled_state};
pub(crate) use self::identity::mint_after;
pub(crate) use self::retention::{DOCUMENTS, LOGGED, Portion, Removal};
pub(crate) use self::sqlite::Sqlite;
pub(crate) use self::store::{After, Committed, Store, Usage};
