//! The chores that run tests.

pub(crate) mod api;
pub(crate) mod fuzz;
pub(crate) mod libraries;
pub(crate) mod simulate;
pub(crate) mod soak;
mod tally;
pub(crate) mod test;
