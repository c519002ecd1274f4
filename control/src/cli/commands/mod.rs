//! The subcommands.

pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod history;
pub(crate) mod node;
pub(crate) mod notice;
pub(crate) mod preview;
mod rendered;
pub(crate) mod service;
pub(crate) mod states;
pub(crate) mod status;
pub(crate) mod store;
pub(crate) mod switch;
pub(crate) mod testers;
pub(crate) mod token;
pub(crate) mod wait;
