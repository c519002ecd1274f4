//! What every request passes before a handler sees it.

pub(crate) mod access;
pub(crate) mod access_log;
pub(crate) mod auth;
pub(crate) mod origin;
pub(crate) mod pass;
