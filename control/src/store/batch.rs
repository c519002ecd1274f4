use std::sync::Arc;

use rusqlite::Transaction;

use crate::store::barriers::{StoredBarrier, end_barrier, save_barrier};
use crate::store::database::Store;
use crate::store::error::StoreError;
use crate::store::history::save_event;
use crate::store::idempotency::StoredAnswer;
use crate::store::members::{StoredMember, forgive, remove_forgiven, remove_member, save_member};
use crate::store::states::{StoredState, save_state};
use crate::store::tokens;
use crate::token::{Grant, Made, TokenHash};
use crate::wire::barrier::Progress;
use crate::wire::forgotten::Forgotten;
use crate::wire::node::{MemberId, UnstoredNode};
use crate::wire::stamp::Stamp;

/// Steps that are stored together, all or none. Memory follows them in their order, and what is loaded is such a batch
/// too.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch(pub(crate) Vec<Step>);

/// One durable step.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The store has this identity.
    Identity(String),
    /// A service has another state, or is new.
    Changed(Box<StoredState>),
    /// An operator waits for a state of a service.
    BarrierBegan(StoredBarrier),
    BarrierEnded(Arc<Progress>),
    /// A member has joined, or reports with another token than before.
    Joined {
        service: String,
        member: StoredMember,
    },
    /// A member has left, and the silence of its threads is not forgiven any more.
    Left {
        service: String,
        id: MemberId,
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
    /// An operator answers for the nodes that could not be stored: these, and so many more.
    UnstoredForgotten {
        service: String,
        nodes: Vec<UnstoredNode>,
        more: u64,
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

impl Store {
    /// Stores a batch in one transaction.
    pub(crate) fn commit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        self.transact(|transaction| batch.0.iter().try_for_each(|step| save(transaction, step)))
    }
}

fn save(transaction: &Transaction<'_>, step: &Step) -> Result<(), StoreError> {
    match step {
        Step::Identity(identity) => {
            transaction.execute("UPDATE store SET identity = ?1", [identity])?;
        }
        Step::Changed(state) => save_state(transaction, state)?,
        Step::BarrierBegan(barrier) => save_barrier(transaction, barrier)?,
        Step::BarrierEnded(progress) => end_barrier(transaction, progress)?,
        Step::Joined { service, member } => save_member(transaction, service, member)?,
        Step::Left { service, id } => {
            remove_member(transaction, service, id)?;
            remove_forgiven(transaction, service, id, None)?;
        }
        Step::Forgotten { service, id, .. } => remove_member(transaction, service, id)?,
        Step::Forgiven { service, threads } => forgive(transaction, service, threads)?,
        Step::Unforgiven { service, threads } => {
            for thread in &threads.silent {
                remove_forgiven(transaction, service, &threads.id, Some(thread))?;
            }
        }
        // They are in memory alone.
        Step::UnstoredForgotten { .. } => {}
        Step::TokenMade { hash, grant } => tokens::add(transaction, hash, grant)?,
        Step::TokenRevoked { name, revoked } => tokens::revoke(transaction, name, revoked)?,
        Step::Event { service, event } => save_event(transaction, service, event)?,
        Step::Answered(answer) => answer.save(transaction)?,
    }
    Ok(())
}
