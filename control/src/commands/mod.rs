//! The subcommands.

mod allowlist;
mod browser;
mod check;
mod diff;
mod explain;
mod history;
mod interrupt;
mod node;
mod notice;
mod preview;
mod rendered;
mod run;
mod screen;
mod service;
mod status;
mod switch;
mod token;
mod wait;
mod why;

pub(crate) use self::run::run;
