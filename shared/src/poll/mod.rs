//! The polls of a node: when to ask, what an answer means, and what to report.

mod error;
mod machine;
mod options;
mod report;

pub use error::PollError;
pub use machine::{Poll, PollRequest, PollResponse};
pub use options::PollOptions;
pub use report::{Counts, Report, Running};
