//! What a check of a store finds: whether what it holds agrees, and how much it is.

mod checked;
mod revisions;

pub(crate) use self::checked::{Checked, Fault, Size};
pub(super) use self::revisions::{Head, Revisions};
