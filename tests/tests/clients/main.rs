//! What a refused client makes of the notice: a real browser, real gRPC and HTTP clients, a real cache, each through the
//! layer and through Envoy. The clients are in `tests/clients/`.
#![cfg(not(target_family = "wasm"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test says by a panic that something is wrong"
)]

mod cache;
mod cors;
mod events;
mod foreign;
mod front;
mod grpc;
mod htmx;
mod page;
mod retry;
mod upload;
