//! What calls a filter from any thread.

use std::ffi::c_void;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::callbacks::{Callbacks, Commit, Delete};

/// Has Envoy call [`Filter::woken`](crate::Filter::woken) on the thread of a stream's worker. After the end of the stream it
/// does nothing.
#[derive(Clone, Debug)]
pub struct Waker(pub(crate) Shared);

/// Has Envoy call [`Filter::config_woken`](crate::Filter::config_woken) on the main thread. After the end of the configuration
/// it does nothing.
#[derive(Clone, Debug, Default)]
pub struct ConfigWaker(pub(crate) Shared);

impl Waker {
    /// Calls the filter soon.
    pub fn wake(&self) {
        self.0.wake(|callbacks| callbacks.scheduler_commit);
    }
}

impl ConfigWaker {
    /// Calls the filter soon.
    pub fn wake(&self) {
        self.0.wake(|callbacks| callbacks.config_scheduler_commit);
    }
}

/// A scheduler of Envoy. It must not be used any more when the thread to which it leads has ended, so who owns the stream or
/// the configuration takes it away.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shared(Arc<Mutex<Option<Scheduler>>>);

#[derive(Debug)]
struct Scheduler(*mut c_void);

// SAFETY: Envoy's schedulers may be used on any thread.
unsafe impl Send for Scheduler {}

impl Shared {
    /// Takes a new scheduler of Envoy.
    pub(crate) fn put(&self, scheduler: *mut c_void) {
        if !scheduler.is_null() {
            *self.lock() = Some(Scheduler(scheduler));
        }
    }

    fn wake(&self, commit: fn(&Callbacks) -> Commit) {
        if let (Some(Scheduler(scheduler)), Some(callbacks)) = (&*self.lock(), Callbacks::get()) {
            // SAFETY: it is not deleted (see `take`), which waits for this.
            unsafe { commit(callbacks)(*scheduler, 0) };
        }
    }

    /// Takes the scheduler away, and deletes it.
    pub(crate) fn take(&self, delete: fn(&Callbacks) -> Delete) {
        if let (Some(Scheduler(scheduler)), Some(callbacks)) =
            (self.lock().take(), Callbacks::get())
        {
            // SAFETY: it is Envoy's, and nothing has it any more.
            unsafe { delete(callbacks)(scheduler) };
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Scheduler>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
