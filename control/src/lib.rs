//! Control, and the command `intermission`.
//!
//! `intermission serve` is control: it keeps the states of the services in an embedded store and serves them to the nodes over
//! HTTP. All other subcommands but `check` ask a control and print its answer; `explain` and `preview` fetch the state and
//! decide with the same core as the nodes. `check` asks a service from outside, as a visitor does.

mod change;
mod cli;
mod fleet;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod labels;
mod registry;
mod server;
mod store;
mod token;
mod values;
mod wire;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command that the arguments of the process name.
#[must_use]
pub fn run() -> ExitCode {
    cli::run(cli::args::Cli::parse()).into()
}
