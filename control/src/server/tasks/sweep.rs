//! Removing what the store keeps no longer.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::registry::Registry;
use crate::server::app::App;
use crate::server::http::problem::Problem;
use crate::server::stop::stopped;
use crate::store::StoreError;

/// The pause after all was looked at.
const LOOK: Duration = Duration::from_secs(60 * 60);
/// The pause after a portion was removed, in which the store takes changes.
const PAUSE: Duration = Duration::from_millis(10);
/// How often the store may refuse before all waits until the next time.
const MOST_FAILURES: u32 = 3;

/// Removes what the store keeps no longer, and records older than `keep`, until `stop` becomes true.
pub(crate) async fn watch(
    app: Arc<App>,
    keep: Option<SignedDuration>,
    stop: watch::Receiver<bool>,
) {
    let sweeping = async {
        loop {
            let removed = sweep(&app, keep).await;
            if removed > 0 {
                info!(removed, "what is kept no longer was removed");
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    tokio::select! {
        () = sweeping => {}
        () = stopped(stop) => {}
    }
}

/// Removes one portion after the other; returns how many documents, records and the like it were.
async fn sweep(app: &Arc<App>, keep: Option<SignedDuration>) -> u64 {
    let (mut removed, mut failures) = (0, 0);
    let now = Timestamp::now();
    let outdated = in_turn(app, move |registry| Ok(registry.outdated(keep, now))).await;
    let mut outdated = VecDeque::from(outdated.unwrap_or_default());
    while let Some(removal) = outdated.pop_front() {
        let removing = removal.clone();
        match in_turn(app, move |registry| registry.remove(&removing)).await {
            Ok(portion) => {
                removed += portion.removed;
                outdated.extend(removal.after(&portion));
                if portion.removed > 0 {
                    tokio::time::sleep(PAUSE).await;
                }
            }
            Err(error) => {
                warn!(?removal, error, "what is kept no longer cannot be removed");
                failures += 1;
                if failures == MOST_FAILURES {
                    break;
                }
            }
        }
    }
    removed
}

async fn in_turn<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&Registry) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, String> {
    let done = Arc::clone(app).blocking(move |registry| Ok::<_, Problem>(work(registry)));
    let done = done.await.map_err(|_| "it has panicked".to_owned())?;
    done.map_err(|error| error.to_string())
}
