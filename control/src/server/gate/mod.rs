//! What every request passes before a handler sees it.

pub(crate) mod access;
pub(crate) mod access_log;
pub(crate) mod auth;
pub(crate) mod host_names;
pub(crate) mod identity;
pub(crate) mod origin;
pub(crate) mod pass;
pub(crate) mod stopwatch;
