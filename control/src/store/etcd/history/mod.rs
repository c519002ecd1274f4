//! What was, as far as it is kept: its pages, and the removal of the rest.

mod pages;
mod removal;

pub(super) use self::pages::{history, labels, record, texts};
pub(super) use self::removal::remove;
