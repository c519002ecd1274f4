//! The subcommands.

mod allowlist;

mod diff;
mod explain;
mod history;
mod preview;
mod rendered;
mod run;
mod service;
mod status;
mod switch;
mod token;
mod why;

pub(crate) use self::run::run;
