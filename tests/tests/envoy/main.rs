//! The filter in a real Envoy, without faults.
#![cfg(test)]

mod configuration;
mod corpus;
mod metrics;
mod native;
