//! A function for each path and method.

pub(crate) mod changes;
pub(crate) mod edits;
pub(crate) mod fleet;
pub(crate) mod gauges;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod metrics;
pub(crate) mod nodes;
pub(crate) mod openapi;
pub(crate) mod passes;
mod samples;
pub(crate) mod services;
pub(crate) mod state;
pub(crate) mod tokens;
