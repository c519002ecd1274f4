//! Control, and the command `intermission`.
//!
//! `intermission serve` is control: it keeps the states of the services in an embedded store and serves them to the nodes over
//! HTTP. All other subcommands but `check` ask a control and print its answer; `explain` and `preview` fetch the state and
//! decide with the same core as the nodes. `check` asks a service from outside, as a visitor does.

mod change;
mod check;
mod cli;
mod client;
mod commands;
mod contrast;
mod etag;
mod exit;
mod fields;
mod fleet;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod history;
mod keeper;
mod limit;
mod lists;
mod moment;
mod output;
mod places;
mod serve;
mod store;
mod summary;
mod timeout;
mod timer;
mod token;

use std::process::ExitCode;

use clap::Parser;

/// Runs the command that the arguments of the process name.
#[must_use]
pub fn run() -> ExitCode {
    commands::run(cli::Cli::parse()).into()
}
