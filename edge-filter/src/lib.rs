//! Maintenance mode inside Envoy and Istio: a proxy-wasm filter.
//!
//! It reads the same state from the same endpoint as the tower layer, decides with the same classifier and
//! gives the same answers. `edge-filter/README.md` explains its configuration and deployment.
//!
//! One root context of the Envoy process polls and writes the state into shared data, from which the other
//! contexts read it; if it dies, another takes over within seconds. While the service is open a request costs
//! no call into Envoy.

#![cfg_attr(
    not(any(test, target_arch = "wasm32")),
    expect(dead_code, reason = "only Envoy calls most of it")
)]

mod config;
mod digest;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod host;
mod poller;
mod request;
mod shared_data;
#[cfg(test)]
mod tests;
mod vm;
