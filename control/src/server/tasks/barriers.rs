//! Ending barriers, and forgetting members that have been lost for long.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::error;

use crate::registry::Registry;
use crate::server::app::App;
use crate::server::http::problem::Problem;
use crate::values::now::Now;

/// After how long the barriers are judged anew where nothing happens: silence may end them, too.
const SILENCE: Duration = Duration::from_millis(250);
/// Changes within this time are judged together.
const CROWD: Duration = Duration::from_millis(10);
/// How long the end of a wait may take to be stored before the command learns of it all the same.
const STORING: Duration = Duration::from_secs(2);
/// When members that could not be forgotten are tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Ends barriers, and forgets lost members where an operator has said so beforehand, for as long as control runs.
pub(crate) async fn watch(app: Arc<App>, forget_lost_after: Option<Duration>) {
    // A disk that hangs holds up one thread, and not another one with each try.
    let storing = Arc::new(Semaphore::new(1));
    let mut forget_at = Instant::now();
    let memory = app.registry.memory();
    let mut changes = memory.changes();
    loop {
        let _ = tokio::time::timeout(SILENCE, changes.changed()).await;
        tokio::time::sleep(CROWD).await;
        changes.mark_unchanged();
        let ended = memory.judge(Now::read());
        if !ended.is_empty() {
            let ends = ended.clone();
            let stored =
                blocking_in_turn(&app, &storing, move |registry| registry.end_barriers(ends));
            if tokio::time::timeout(STORING, stored).await.is_err() {
                for progress in ended {
                    error!(
                        barrier = progress.id,
                        "the end of a wait is not stored yet: the store does not answer"
                    );
                    app.registry.complete_unstored(progress);
                }
            }
        }
        if Instant::now() >= forget_at {
            let expired = memory.fleet().expired(forget_lost_after, Now::read());
            if !expired.is_empty() {
                forget_at = Instant::now() + AGAIN;
                let forgotten =
                    blocking_in_turn(&app, &storing, |registry| registry.forget_expired(expired));
                let _ = tokio::time::timeout(STORING, forgotten).await;
            }
        }
    }
}

async fn blocking_in_turn(
    app: &Arc<App>,
    storing: &Arc<Semaphore>,
    work: impl FnOnce(&Registry) + Send + 'static,
) {
    // The semaphore is never closed.
    let turn = Arc::clone(storing).acquire_owned().await.ok();
    let kept = Arc::clone(app).blocking(move |registry| {
        let _turn = turn;
        work(registry);
        Ok::<_, Problem>(())
    });
    // The work logs its own failures.
    let _ = kept.await;
}
