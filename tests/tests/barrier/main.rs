//! `enter --wait` with a real control, the real command, and nodes that serve real requests.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test does not expect ends it"
)]
#![cfg(not(target_family = "wasm"))]

mod app;
mod check;
mod client;
mod control;
mod crowd;
mod drain;
mod edge;
mod fleet;
mod frozen;
mod losses;
mod node;
mod proxy;
mod runbook;
mod shop;
mod siege;
mod signals;
