//! Requests and responses of the `http` crate, as the core knows them.

mod client;
pub(crate) mod h2c;
mod header_filter;
pub(crate) mod pass;
mod replies;
mod unread;
mod view;

pub use client::AddressSource;
pub(crate) use client::{ClientAddress, peer};
pub(crate) use header_filter::header_filter;
pub(crate) use replies::Replies;
pub(crate) use unread::Unread;
pub(crate) use view::{HeaderLines, uris, view};
