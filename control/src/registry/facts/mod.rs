//! What readers take from memory.

mod facts;
mod published;
mod tokens;
mod wakes;

pub(crate) use self::facts::{Facts, Target};
pub(crate) use self::published::Published;
pub(crate) use self::tokens::Holder;
pub(super) use self::wakes::Sleeping;
