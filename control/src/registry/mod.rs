//! The store, and what of it is published.
//!
//! 1. There is one writer at a time. It compares, applies the change, saves it, and publishes it
//!    only when it is on the disk.
//! 2. Readers take what is published from memory and never wait for the disk.
//! 3. What could not be saved was never published.
//! 4. A timer ends a maintenance by a change like any other, and only at the revision that it belongs to.

mod add;
mod adopt;
mod change;
mod error;
mod forget;
mod idempotency;
mod published;
mod registry;
mod reports;
mod resume;
mod timers;
mod token_changes;
mod tokens;

pub(crate) use self::change::ChangeRequest;
pub(crate) use self::error::ChangeError;
pub(crate) use self::forget::ForgetRequest;
pub(crate) use self::published::Published;
pub(crate) use self::registry::{Registry, Target};
pub(crate) use self::timers::Due;
pub(crate) use self::token_changes::TokenError;
pub(crate) use self::tokens::Holder;
