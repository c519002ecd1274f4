//! The store, and what of it is published.
//!
//! 1. There is one writer at a time. It compares, applies the change, saves it, and publishes it
//!    only when it is on the disk.
//! 2. Readers take what is published from memory and never wait for the disk.
//! 3. What could not be saved was never published.
//! 4. A timer ends a maintenance by a change like any other, and only at the revision that it belongs to.

mod add;
mod adopt;
mod asked;
mod asker;
mod due;
mod error;
mod forget;
mod keep;
mod nodes;
mod published;
mod resume;
mod tokens;

pub(crate) use self::asked::Asked;
pub(crate) use self::due::Due;
pub(crate) use self::error::ChangeError;
pub(crate) use self::forget::Forget;
pub(crate) use self::keep::{Keeper, Target};
pub(crate) use self::published::{Published, Services};
pub(crate) use self::tokens::{Holder, TokenError};
