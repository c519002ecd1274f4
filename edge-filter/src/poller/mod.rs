//! The polls of the whole process.

mod metrics;
mod polling;
mod report;

pub(crate) use metrics::Metrics;
pub(crate) use polling::Poller;
