//! The command's side of the config endpoint.

mod errors;
mod http;
mod server;
mod servers;
mod token;

pub(crate) use self::http::{Client, escaped, roots, service_path};
