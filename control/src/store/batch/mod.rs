//! What is stored at a time: steps, and what they are about.

mod answer;
mod barrier;
mod batch;
mod member;
mod record;
mod state;

pub(crate) use self::answer::{IdempotencyKey, KEPT, StoredAnswer};
pub(crate) use self::barrier::StoredBarrier;
pub(crate) use self::batch::{Batch, Step};
pub(crate) use self::member::StoredMember;
pub(crate) use self::record::StoredRecord;
pub(crate) use self::state::StoredState;
