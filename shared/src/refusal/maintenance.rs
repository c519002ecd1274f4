use crate::state::{Mode, Timestamp};

/// The facts that every notice has, in each language.
pub(crate) struct Maintenance {
    pub(crate) mode: Mode,
    pub(crate) revision: u64,
    pub(crate) until: Option<Timestamp>,
    /// The same, if it is in the future.
    pub(crate) announced: Option<Timestamp>,
    /// The `Retry-After` of refusals without an announced end, in seconds.
    pub(crate) retry_after: u32,
    /// Whether the page leads to the one that takes passes.
    pub(crate) takes_passes: bool,
}
