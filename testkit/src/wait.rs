//! Waits for conditions, with a bound.

use std::time::{Duration, Instant};

/// The bound: no condition takes this long unless it is never met.
pub const LONG: Duration = Duration::from_secs(60);

/// The time between two looks.
const INTERVAL: Duration = Duration::from_millis(5);

/// Waits until there is something, and returns it.
///
/// # Panics
///
/// With `what` is missing, after [`LONG`].
#[track_caller]
pub fn wait_for<T>(what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(begun.elapsed() < LONG, "{what}: not within {LONG:?}");
        pause(INTERVAL);
    }
}

/// Waits until a condition is met, while other tasks of the runtime run.
///
/// # Panics
///
/// With `what` is not met, after [`LONG`].
pub async fn eventually(what: &str, is_met: impl AsyncFnMut() -> bool) {
    within(LONG, what, is_met).await;
}

/// The same with another bound; returns how long it took.
///
/// # Panics
///
/// With `what` is not met, after `longest`.
pub async fn within(
    longest: Duration,
    what: &str,
    mut is_met: impl AsyncFnMut() -> bool,
) -> Duration {
    let begun = Instant::now();
    let met = async {
        while !is_met().await {
            tokio::time::sleep(INTERVAL).await;
        }
    };
    let met = tokio::time::timeout(longest, met).await;
    assert!(met.is_ok(), "{what}: not within {longest:?}");
    begun.elapsed()
}

/// Lets time pass on this thread: where a test is about time itself, or at a moment that is drawn.
#[expect(
    clippy::disallowed_methods,
    reason = "what waits for a condition uses wait_for or eventually"
)]
pub fn pause(time: Duration) {
    std::thread::sleep(time);
}
