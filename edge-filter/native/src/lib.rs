//! Maintenance mode inside Envoy: a dynamic module, for Envoy 1.40 and later.
//!
//! It enforces the same state as the tower layer and the filter in WebAssembly, by the same classifier, and gives the same
//! answers. What is in force, the counts of running requests and the polls are those of a node of the tower layer: one for
//! each service in the process, which all workers share. `edge-filter/README.md` explains configuration and deployment.

mod client;
mod config;
mod counters;
mod filter;
mod gauges;
mod headers;
mod log;
mod services;
mod stream;

intermission_native_abi::export!(filter::Maintenance);
