//! Keeps what is in force for each service, serves it to the nodes, and is the operator's command.
//!
//! `intermission serve` is control: the config endpoint with its embedded store. Every other
//! subcommand asks a control and prints what it answered; `explain` and `preview` fetch the state
//! and decide with the same core as the nodes do.

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
mod invalid;
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
