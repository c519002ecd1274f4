use serde::{Deserialize, Serialize};

/// How a barrier ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// Every node has it in force, and has drained.
    Done,
    /// The time was up.
    TimedOut,
    /// There were fewer nodes than were expected, or none.
    TooFew,
    /// Only nodes are missing that are not heard of any more.
    Lost,
    /// Only nodes are missing of which nobody can tell, or that cannot tell.
    Unsure,
    /// A node refuses the document.
    Refused,
    /// A node has something in force that this store never made.
    Forked,
    /// A later change may let in or keep out others than this one.
    Superseded,
}

impl Ending {
    /// The name by which JSON and the store know it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::TimedOut => "timed_out",
            Self::TooFew => "too_few",
            Self::Lost => "lost",
            Self::Unsure => "unsure",
            Self::Refused => "refused",
            Self::Forked => "forked",
            Self::Superseded => "superseded",
        }
    }
}
