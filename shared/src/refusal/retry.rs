//! The `Retry-After` of refusals.

use alloc::vec::Vec;

use crate::state::{Notice, Timestamp};

/// The most values of `Retry-After` in one policy.
const STEPS: u64 = 16;

/// The lowest `Retry-After` in seconds: the time until an announced end in the future, at most `retry_after_max` because
/// clients wait that long even if the service is back earlier; otherwise `retry_after`.
fn after(notice: &Notice, now: Timestamp) -> u64 {
    let ahead = notice.until.map(|until| until.seconds_since(now));
    let seconds = ahead.filter(|seconds| *seconds > 0);
    let seconds = seconds.map(|seconds| seconds.min(notice.retry_after_max.into()));
    seconds.unwrap_or_else(|| notice.retry_after.into())
}

/// The values of `Retry-After`, in seconds: evenly from [`after`] to a tenth of `retry_after` more. So clients that are
/// refused in the same second do not all retry in one second.
pub(crate) fn spread(notice: &Notice, now: Timestamp) -> Vec<u64> {
    let first = after(notice, now);
    let width = u64::from(notice.retry_after) / 10;
    let steps = STEPS.min(width + 1);
    (0..steps)
        .map(|step| first + width * step / (steps - 1).max(1))
        .collect()
}
