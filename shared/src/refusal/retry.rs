//! When a refused client may ask again.

use alloc::vec::Vec;

use crate::state::{Notice, Timestamp};

/// How many different answers there are to when.
const STEPS: u64 = 16;

/// Seconds until a client may ask again: up to the announced end while it lies ahead, but no more than allowed, since
/// clients sleep for so long even if the service is back earlier; else as configured.
fn after(notice: &Notice, now: Timestamp) -> u64 {
    let ahead = notice.until.map(|until| until.seconds_since(now));
    let seconds = ahead.filter(|seconds| *seconds > 0);
    let seconds = seconds.map(|seconds| seconds.min(notice.retry_after_max.into()));
    seconds.unwrap_or_else(|| notice.retry_after.into())
}

/// The times that clients are asked to wait, so that those who ask in one second do not come back in one: from
/// [`after`] to a tenth of the configured time more, evenly.
pub(crate) fn spread(notice: &Notice, now: Timestamp) -> Vec<u64> {
    let first = after(notice, now);
    let width = u64::from(notice.retry_after) / 10;
    let steps = STEPS.min(width + 1);
    (0..steps)
        .map(|step| first + width * step / (steps - 1).max(1))
        .collect()
}
