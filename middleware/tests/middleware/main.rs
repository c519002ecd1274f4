//! The layer around services that are called directly, its counters, and its poller.
#![cfg(test)]

mod app;
mod drain;
mod layer;
#[cfg(any(feature = "axum", feature = "poller"))]
mod log;
#[cfg(feature = "poller")]
mod poller;
