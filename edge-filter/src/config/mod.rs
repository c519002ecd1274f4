//! The configuration of the plugin.
//!
//! Its errors go into Envoy's log, so they quote no value that may be the token.

mod client;
mod endpoint;
mod fields;
mod plugin;
mod token;

pub(crate) use client::Client;
pub(crate) use endpoint::Endpoint;
pub(crate) use plugin::Config;
pub(crate) use token::Authorization;
