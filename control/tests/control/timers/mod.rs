//! The ends of maintenance that are set with `--for`.

mod ends;
pub(crate) mod service;
mod set;
