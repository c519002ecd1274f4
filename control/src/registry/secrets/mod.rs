//! Making and revoking tokens and passes, whose secrets control does not keep.

mod passes;
mod tokens;

pub(crate) use self::tokens::{Settled, TokenError};
