//! What a store keeps no longer. An engine removes it in small portions.

use jiff::Timestamp;

use crate::values::version::Version;

/// How many documents of a service are kept, that of the state in force among them.
pub(crate) const DOCUMENTS: u64 = 1_000;
/// How many batches are kept in the log that replicas follow.
pub(crate) const LOGGED: u64 = 10_000;

/// A part of a store that is kept no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// The documents of a service before a revision. Their records stay.
    Documents { service: String, before: u64 },
    /// The records of a service, and their documents, from the oldest on, until one is not older than `until` or has the
    /// revision `before`.
    Records {
        service: String,
        before: u64,
        until: Timestamp,
    },
    /// The events of a service, from the oldest on, until one is not older than `until`.
    Events { service: String, until: Timestamp },
    /// Ended barriers that began before `until`, from a place on; none is the first place.
    Barriers {
        until: Timestamp,
        from: Option<String>,
    },
    /// Answers to requests with idempotency keys from before `until`, from a place on.
    Answers {
        until: Timestamp,
        from: Option<String>,
    },
    /// The log before a version.
    Log { before: Version },
}

/// What was removed at once.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Portion {
    pub(crate) removed: u64,
    pub(crate) rest: Rest,
}

/// What is left of a removal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    Nothing,
    /// The same again.
    Same,
    /// The same from this place on.
    From(String),
}

impl Removal {
    /// What is left after a portion.
    pub(crate) fn after(self, portion: &Portion) -> Option<Self> {
        match (&portion.rest, self) {
            (Rest::Nothing, _) => None,
            (Rest::From(place), Self::Barriers { until, .. }) => Some(Self::Barriers {
                until,
                from: Some(place.clone()),
            }),
            (Rest::From(place), Self::Answers { until, .. }) => Some(Self::Answers {
                until,
                from: Some(place.clone()),
            }),
            (_, same) => Some(same),
        }
    }
}

impl Rest {
    /// The same, if there is more.
    pub(super) fn same_if(more: bool) -> Self {
        match more {
            true => Self::Same,
            false => Self::Nothing,
        }
    }

    /// From a place on, if there is one.
    pub(super) fn from_place(place: Option<String>) -> Self {
        place.map_or(Self::Nothing, Self::From)
    }
}
