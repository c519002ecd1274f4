//! The tasks of a control, each of which begins again after a panic.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::sync::watch;
use tracing::error;

use crate::server::app::App;
use crate::server::certificates::Watched;
use crate::server::replica;
use crate::server::tasks::{barriers, sweep, timers, usage, wakes};

/// The pause before a task that has panicked begins again.
const PAUSE: Duration = Duration::from_secs(1);

/// What an operator has said beforehand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Periods {
    /// After what silence each lost node is forgotten.
    pub(crate) forget_lost_after: Option<Duration>,
    /// How old records may become.
    pub(crate) keep_records: Option<SignedDuration>,
}

/// Starts all tasks, which run as long as control does.
pub(crate) fn start(
    app: &Arc<App>,
    periods: Periods,
    watched: Arc<Watched>,
    stop: &watch::Receiver<bool>,
) {
    let Periods {
        forget_lost_after,
        keep_records,
    } = periods;
    let of_barriers = Arc::clone(app);
    let barriers = move || barriers::watch(Arc::clone(&of_barriers), forget_lost_after);
    tokio::spawn(supervise("barriers", barriers));
    let of_wakes = Arc::clone(app);
    let wakes = move || wakes::watch(Arc::clone(&of_wakes));
    tokio::spawn(supervise("wakes", wakes));
    if app.replica.is_some() {
        let of_proofs = Arc::clone(app);
        let proofs = move || replica::prove(Arc::clone(&of_proofs));
        tokio::spawn(supervise("proofs", proofs));
        let of_following = Arc::clone(app);
        let following = move || replica::follow(Arc::clone(&of_following));
        tokio::spawn(supervise("following", following));
        let of_relay = Arc::clone(app);
        let relay = move || replica::relay(Arc::clone(&of_relay));
        tokio::spawn(supervise("relay", relay));
        let of_renewal = Arc::clone(app);
        let renewal = move || replica::renew_certificates(Arc::clone(&of_renewal));
        tokio::spawn(supervise("certificates of etcd", renewal));
    }
    let (of_sweep, until) = (Arc::clone(app), stop.clone());
    let sweep = move || sweep::watch(Arc::clone(&of_sweep), keep_records, until.clone());
    tokio::spawn(supervise("sweep", sweep));
    let of_certificates = Arc::clone(app);
    let certificates = move || {
        let (app, watched) = (Arc::clone(&of_certificates), Arc::clone(&watched));
        async move { watched.watch(&app.certificates).await }
    };
    tokio::spawn(supervise("certificates", certificates));
    let of_usage = Arc::clone(app);
    let usage = move || usage::watch(Arc::clone(&of_usage));
    tokio::spawn(supervise("usage", usage));
    let (of_timers, stop) = (Arc::clone(app), stop.clone());
    let timers = move || timers::watch(Arc::clone(&of_timers), stop.clone());
    tokio::spawn(supervise("timers", timers));
}

/// Runs a task to its end, and again after each panic, which is logged.
async fn supervise<F: Future<Output = ()> + Send + 'static>(
    name: &'static str,
    task: impl Fn() -> F,
) {
    while let Err(failure) = tokio::spawn(task()).await {
        error!(task = name, %failure, "a task has failed and begins again");
        tokio::time::sleep(PAUSE).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_begins_again() {
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        supervise("test", move || {
            let run = counted.fetch_add(1, Ordering::Relaxed);
            async move { assert!(run >= 2, "the first two runs fail") }
        })
        .await;
        assert_eq!(runs.load(Ordering::Relaxed), 3);
    }
}
