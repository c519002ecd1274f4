//! The poller, which keeps a policy up to date from one endpoint or several.

mod builder;
mod client;
mod endpoint;
mod endpoints;
mod fetch;
mod fetched;
mod identity;
mod saved;
mod task;
mod token;
mod urls;
mod watched;
mod write;

pub use builder::Poller;
pub use endpoint::EndpointError;
pub use task::chain;
pub use token::TokenError;
pub use urls::IntoEndpoints;
