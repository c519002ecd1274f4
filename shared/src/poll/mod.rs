//! The polls of a node: their schedule, the meaning of answers, and the report of the node.

mod counts;
mod error;
mod exchange;
mod machine;
mod options;
mod pauses;
mod report;
mod running;
mod schedule;
mod turns;

pub use counts::Counts;
pub use error::PollError;
pub use exchange::{PollRequest, PollResponse};
pub use machine::Poll;
pub use options::PollOptions;
pub use report::{MemberId, Report};
pub use running::Running;
