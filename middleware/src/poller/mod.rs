//! The poller, which keeps a policy up to date from a URL.

mod builder;
mod client;
mod endpoint;
mod fetch;
mod fetched;
mod identity;
mod saved;
mod task;
mod token;
mod watched;
mod write;

pub use builder::Poller;
pub use endpoint::EndpointError;
pub use token::TokenError;
