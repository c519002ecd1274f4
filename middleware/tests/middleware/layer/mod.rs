//! The decisions and answers of the layer.

#[cfg(feature = "axum")]
mod around;
#[cfg(feature = "axum")]
mod client;
mod extensions;
mod refusals;
#[cfg(feature = "axum")]
mod rewritten;
mod shop;
#[cfg(feature = "axum")]
mod unread;
mod upgrade;
