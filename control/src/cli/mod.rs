//! The command `intermission`.

pub(crate) mod args;
mod check;
mod client;
mod commands;
mod exit;
mod input;
mod json_file;
mod lists;
mod log;
mod run;
pub(crate) mod terminal;

pub(crate) use self::run::run;
