//! What control and the command send each other.

pub(crate) mod history;
pub(crate) mod summary;
pub(crate) mod timer;
