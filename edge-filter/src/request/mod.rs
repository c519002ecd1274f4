//! The requests of one plugin in one VM.

mod admitted;
mod answer;
mod client;
mod counters;
mod plugin;
mod unread;

pub(crate) use plugin::{Action, Plugin, Rest};
