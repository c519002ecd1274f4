use rusqlite::Transaction;

use crate::store::batch::Step;
use crate::store::error::StoreError;
use crate::store::sqlite::barriers::{end_barrier, save_barrier};
use crate::store::sqlite::history::save_event;
use crate::store::sqlite::idempotency::save_answer;
use crate::store::sqlite::members::{forgive, remove_forgiven, remove_member, save_member};
use crate::store::sqlite::states::{remove_service, save_record, save_state};
use crate::store::sqlite::tokens;

/// Stores a step, as part of a batch.
pub(super) fn save(transaction: &Transaction<'_>, step: &Step) -> Result<(), StoreError> {
    match step {
        Step::Identity(identity) => {
            transaction.execute("UPDATE store SET identity = ?1", [identity])?;
        }
        Step::Changed(state) => save_state(transaction, state)?,
        Step::Removed { service, removed } => remove_service(transaction, service, removed)?,
        Step::Recorded(record) => save_record(transaction, record)?,
        Step::BarrierBegan(barrier) => save_barrier(transaction, barrier)?,
        Step::BarrierEnded(progress) => end_barrier(transaction, progress)?,
        Step::Joined { service, member } => save_member(transaction, service, member)?,
        Step::Left { service, id, .. } => {
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
        Step::Unstored { .. } | Step::UnstoredForgotten { .. } | Step::Serves { .. } => {}
        Step::TokenMade { hash, grant } => tokens::add(transaction, hash, grant)?,
        Step::TokenRevoked { name, revoked } => tokens::revoke(transaction, name, revoked)?,
        Step::Event { service, event } => save_event(transaction, service, event)?,
        Step::Answered(answer) => save_answer(transaction, answer)?,
    }
    Ok(())
}
