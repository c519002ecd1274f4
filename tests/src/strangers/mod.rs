//! Requests of strangers, whom a maintenance refuses: clients that send them, and an application that sees which begin or run.

mod client;
mod witness;

pub use client::{Client, TESTER};
pub use witness::{Witness, app};
