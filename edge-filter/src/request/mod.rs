//! What becomes of requests, as one plugin of a VM handles them.

mod admitted;
mod answer;
mod client;
mod counters;
mod plugin;
mod unread;

pub(crate) use plugin::{Action, Plugin, Rest};
