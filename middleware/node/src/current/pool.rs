//! The memory that requests are counted in, which is never freed but used again.
//!
//! A request may outlive the epoch that it is counted in. Were its counter shared with it by an
//! [`Arc`](std::sync::Arc), counting would cost two more atomic operations a request.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::current::shards::Shards;

/// What epochs have given back. Requests that are counted in it may still run.
static GIVEN_BACK: Mutex<Vec<&'static Shards>> = Mutex::new(Vec::new());

/// Memory for a new epoch, in which nothing is counted.
pub(crate) fn take() -> &'static Shards {
    let mut given_back = given_back();
    // No request begins any more in what was given back, so that what is idle stays so.
    match given_back.iter().position(|shards| shards.are_idle()) {
        Some(place) => {
            let shards = given_back.swap_remove(place);
            shards.reset_counts();
            shards
        }
        None => {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            Box::leak(Box::new(Shards::new(threads)))
        }
    }
}

/// For an epoch in which nothing will be counted any more.
pub(crate) fn give_back(shards: &'static Shards) {
    given_back().push(shards);
}

fn given_back() -> MutexGuard<'static, Vec<&'static Shards>> {
    GIVEN_BACK.lock().unwrap_or_else(PoisonError::into_inner)
}
