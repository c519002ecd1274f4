//! What a refused client makes of the notice: a real browser, real gRPC and HTTP clients, a real cache, each through the
//! layer and through Envoy. The clients are in `tests/clients/`.
#![cfg(test)]

mod cache;
mod cors;
mod events;
mod front;
mod grpc;
mod htmx;
mod page;
mod pass;
mod retry;
mod upload;
