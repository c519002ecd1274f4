//! The ends of maintenance that are set with `--for`.

mod ends;
mod service;
mod set;
