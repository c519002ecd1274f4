//! Maintenance mode inside Envoy and Istio: a proxy-wasm filter.
//!
//! It reads the same state from the same endpoint as the tower layer, decides with the same classifier and
//! gives the same answers. `edge-filter/README.md` tells how to configure and deploy it.
//!
//! One root context of the Envoy process polls and writes what it hears into shared data, from where the
//! others take it; if it dies, another takes over within seconds. While the service is open a request costs
//! no call into Envoy.

#![cfg_attr(
    not(any(test, target_arch = "wasm32")),
    expect(dead_code, reason = "only Envoy calls most of it")
)]

mod admitted;
mod answer;
mod by_context;
mod client;
mod config;
#[cfg(test)]
mod fake;
mod freshness;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod host;
mod member;
mod metrics;
mod news;
#[cfg(all(target_arch = "wasm32", feature = "panic-switch"))]
mod panic_switch;
mod plugin;
mod poller;
#[cfg(target_arch = "wasm32")]
mod proxy;
mod root;
mod slot;
mod survey;
mod swap;
mod tally;
#[cfg(test)]
mod tests;
mod turn;
mod unread;
mod vm;

#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();
