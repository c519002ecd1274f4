//! The parts of HTTP that handlers share.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod identity;
pub(crate) mod json_request;
pub(crate) mod long_poll;
pub(crate) mod patience;
pub(crate) mod problem;
pub(crate) mod query;
pub(crate) mod stopwatch;
