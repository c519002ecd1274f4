//! The decisions and answers of the layer.

mod app;
#[cfg(feature = "axum")]
mod client;
mod extensions;
mod refusals;
#[cfg(feature = "axum")]
mod rewritten;
#[cfg(feature = "axum")]
mod unread;
mod upgrade;
