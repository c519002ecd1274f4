use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::batch::answer::StoredAnswer;
use crate::store::batch::barrier::StoredBarrier;
use crate::store::batch::member::StoredMember;
use crate::store::batch::record::StoredRecord;
use crate::store::batch::state::StoredState;
use crate::token::{Grant, Made, Role, TokenHash};
use crate::wire::barrier::Progress;
use crate::wire::forgotten::Forgotten;
use crate::wire::node::{MemberId, UnstoredNode};
use crate::wire::removed::Removed;
use crate::wire::stamp::Stamp;

/// Steps that are stored together, all or none. Memory follows them in their order, and what is loaded is such a batch
/// too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch(pub(crate) Vec<Step>);

/// One durable step.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Step {
    /// The store has this identity.
    Identity(String),
    /// A service has another state, or is new. Its document is stored apart.
    #[serde(skip)]
    Changed(Box<StoredState>),
    /// An operator has removed a service, of which the revision of the stamp was the last, and its members with it. Its
    /// history stays, and goes on if the service is added again.
    Removed {
        service: String,
        removed: Removed,
    },
    /// An earlier revision of a store that is copied, whose document is not kept any more.
    Recorded(StoredRecord),
    /// An operator waits for a state of a service.
    BarrierBegan(StoredBarrier),
    BarrierEnded(Arc<Progress>),
    /// A member has joined, or reports with another token than before.
    Joined {
        service: String,
        member: StoredMember,
    },
    /// A member has left with the report of this number, and the silence of its threads is not forgiven any more.
    Left {
        service: String,
        id: MemberId,
        seq: u64,
    },
    /// An operator has a member forgotten. One that was lost and has reported since stays.
    Forgotten {
        service: String,
        id: MemberId,
        was_lost: bool,
    },
    /// An operator answers for the silence of threads.
    Forgiven {
        service: String,
        threads: Forgotten,
    },
    /// These threads are not silent any more.
    Unforgiven {
        service: String,
        threads: Forgotten,
    },
    /// A node has the state and is no member, which other replicas have to know.
    Unstored {
        service: String,
        node: UnstoredNode,
        /// The name of the token that it came with.
        token: String,
        reason: String,
        since: Timestamp,
    },
    /// An operator answers for the nodes that could not be stored: these, and so many more.
    UnstoredForgotten {
        service: String,
        nodes: Vec<UnstoredNode>,
        more: u64,
    },
    /// A replica begins to serve, and may hear of members.
    Serves {
        replica: String,
    },
    TokenMade {
        hash: TokenHash,
        grant: Grant,
    },
    TokenRevoked {
        name: String,
        revoked: Made,
    },
    /// History has an event beside the changes.
    Event {
        service: String,
        event: Stamp,
    },
    /// A request with a key was answered.
    Answered(StoredAnswer),
}

impl Step {
    /// The level of programs that know labels.
    pub(crate) const LABELS: u32 = 3;

    /// The level of programs that know that services are removed.
    pub(crate) const REMOVALS: u32 = 5;

    /// The level of programs that know such a step.
    pub(crate) fn level(&self) -> u32 {
        match self {
            // A program that does not know it would take it for one of all services.
            Self::TokenMade { grant, .. } if grant.is_bound() && grant.role != Role::Node => 4,
            // A program that does not know it would go on with the service.
            Self::Removed { .. } => Self::REMOVALS,
            Self::Unstored { .. } => 2,
            // A program that does not know labels would drop them, and the ends of entries with them.
            Self::Changed(stored) if !stored.labels.is_empty() => Self::LABELS,
            _ => 1,
        }
    }

    /// The service that it is about; none where it may be about all.
    pub(crate) fn service(&self) -> Option<&str> {
        match self {
            Self::Changed(stored) => Some(stored.state.service.as_str()),
            Self::Recorded(record) => Some(&record.service),
            Self::BarrierBegan(barrier) => Some(&barrier.service),
            Self::BarrierEnded(progress) => Some(&progress.service),
            Self::Removed { service, .. }
            | Self::Joined { service, .. }
            | Self::Left { service, .. }
            | Self::Forgotten { service, .. }
            | Self::Forgiven { service, .. }
            | Self::Unforgiven { service, .. }
            | Self::Unstored { service, .. }
            | Self::UnstoredForgotten { service, .. }
            | Self::Event { service, .. } => Some(service),
            Self::Identity(_)
            | Self::Serves { .. }
            | Self::TokenMade { .. }
            | Self::TokenRevoked { .. }
            | Self::Answered(_) => None,
        }
    }
}
