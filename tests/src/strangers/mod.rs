//! Requests of strangers, whom a maintenance refuses: clients that send them, servers that take them, and an application that
//! sees which begin or run.

mod client;
mod server;
mod witness;

pub use client::{Client, TESTER};
pub use server::Server;
pub use witness::{Witness, app};
