//! States, by their lists and as files.

pub(crate) mod declared;
pub(crate) mod lists;
