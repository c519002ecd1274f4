//! The configuration of the plugin.

mod authorization;
mod endpoint;
mod plugin;

pub(crate) use authorization::Authorization;
pub(crate) use endpoint::Endpoint;
pub(crate) use plugin::Config;
