//! The store, and what of it is published.
//!
//! 1. There is one writer at a time. It decides by memory, stores the decision as one batch, and memory follows only
//!    when the batch is on the disk. `Memory::apply` is the only place where stored facts change in memory.
//! 2. Readers take what is published from memory and never wait for the disk.
//! 3. What could not be saved was never published.
//! 4. A timer ends a maintenance by a change like any other, and only at the revision that it belongs to. So do the ends of
//!    entries and passes.

mod add;
mod adopt;
mod change;
mod error;
mod facts;
mod forget;
mod idempotency;
mod memory;
mod position;
mod registry;
mod remove;
mod replicas;
mod reports;
mod retention;
mod secrets;
#[cfg(test)]
mod simulation;
mod timers;

pub(crate) use self::change::ChangeRequest;
pub(crate) use self::error::ChangeError;
pub(crate) use self::facts::{Holder, Published, Target};
pub(crate) use self::forget::ForgetRequest;
pub(crate) use self::idempotency::Requester;
pub(crate) use self::memory::Memory;
pub(crate) use self::registry::Registry;
pub(crate) use self::remove::RemoveRequest;
pub(crate) use self::secrets::{Settled, TokenError};
pub(crate) use self::timers::Due;
