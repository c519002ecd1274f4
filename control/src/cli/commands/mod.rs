//! The subcommands.

pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod lists;
pub(crate) mod node;
pub(crate) mod notice;
mod outcome;
pub(crate) mod preview;
mod rendered;
pub(crate) mod service;
pub(crate) mod status;
pub(crate) mod store;
pub(crate) mod switch;
mod table;
pub(crate) mod testers;
pub(crate) mod token;
pub(crate) mod wait;
