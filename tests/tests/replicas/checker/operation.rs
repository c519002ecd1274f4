use std::time::Duration;

/// Something that a client asked for, with the time from its clock, which all clients have in common.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) deed: Deed,
    pub(crate) began: Duration,
    pub(crate) ended: Duration,
    pub(crate) end: End,
}

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// The change with this mark, which no other has; where a revision is named, at that one only.
    Change {
        mark: String,
        at: Option<u64>,
    },
    Read,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The change was acknowledged, and made this revision.
    Changed { revision: u64 },
    /// The state was seen at this revision, where this was the title.
    Seen {
        revision: u64,
        title: Option<String>,
    },
    /// It was acknowledged that nothing was to be changed at this revision.
    Unchanged { revision: u64 },
    /// It was refused, and has changed nothing.
    Refused,
    /// No answer came that says whether the change was made.
    Doubtful,
}

impl Operation {
    /// What it is counted as.
    pub(crate) fn kind(&self) -> &'static str {
        match self.end {
            End::Changed { .. } => "changes acknowledged",
            End::Seen { .. } => "reads",
            End::Unchanged { .. } => "changes of nothing",
            End::Refused => "changes refused",
            End::Doubtful => "changes in doubt",
        }
    }
}
