//! Many filters in one Envoy, each in a state of its own.

mod bootstrap;
mod envoy;
mod site;

pub use envoy::Sites;
pub use site::{ClientSetting, Site};
