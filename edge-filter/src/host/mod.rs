//! The calls of the filter to Envoy, behind a trait that tests implement with a fake.

mod by_context;
mod clock;
#[cfg(target_arch = "wasm32")]
mod envoy;
#[cfg(test)]
mod fake;
mod header_lines;
mod interface;

pub(crate) use by_context::ByContext;
pub(crate) use clock::{milliseconds, now};
#[cfg(target_arch = "wasm32")]
pub(crate) use envoy::Envoy;
#[cfg(test)]
pub(crate) use fake::Fake;
pub(crate) use header_lines::HeaderLines;
pub(crate) use interface::{Host, Level, MetricKind, NotSent};
