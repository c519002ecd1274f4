//! Requests and responses of the `http` crate, as the core knows them.

mod client;
mod glance;
pub(crate) mod h2c;
mod header_filter;
mod replies;
mod unread;
mod view;

pub(crate) use client::{ClientAddress, peer};
pub(crate) use glance::Glance;
pub(crate) use header_filter::names;
pub(crate) use replies::Answers;
pub(crate) use unread::Unread;
pub(crate) use view::{HeaderLines, received_uri, rewritten_uri, view};
