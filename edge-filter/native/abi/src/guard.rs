use std::any::Any;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::callbacks::{Level, log};

/// Does the work of a hook; none, if it has panicked.
pub(crate) fn guarded<T>(hook: &str, work: impl FnOnce() -> T) -> Option<T> {
    // What a panic leaves half done is not used again: the hooks take it away before.
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(done) => Some(done),
        Err(panic) => {
            log(
                Level::Error,
                &format!("a panic in {hook}: {}", text(&*panic)),
            );
            // Its destructor could panic.
            mem::forget(panic);
            None
        }
    }
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    let borrowed = || panic.downcast_ref::<&str>().copied();
    owned.or_else(borrowed).unwrap_or("without a text")
}
