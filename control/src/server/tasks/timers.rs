//! Ending a maintenance when its timer is due, and the entries and passes of an allowlist at their ends.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tracing::warn;

use crate::registry::Due;
use crate::server::app::App;
use crate::server::http::problem::Problem;

/// The wall clock may be set, and goes on while a machine is suspended and the time to sleep does not, so
/// that it is looked at again before long.
const LOOK: Duration = Duration::from_secs(1);
/// What the disk refuses is tried again after this long.
const AGAIN: Duration = Duration::from_secs(5);

/// Ends every maintenance whose timer is due, and all entries and passes at their ends, until `stop` becomes true.
pub(crate) async fn watch(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        let pause = look(&app).await;
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Ends what is due now, and tells when to look again.
async fn look(app: &Arc<App>) -> Duration {
    let now = app.registry.memory().slowest_clock();
    let next = app.registry.next_due();
    if next.is_none_or(|next| next > now) {
        return until(next, now);
    }
    let ended = Arc::clone(app).blocking(move |registry| Ok::<_, Problem>(registry.end_due(now)));
    if let Ok(Due::Done) = ended.await {
        return until(
            app.registry.next_due(),
            app.registry.memory().slowest_clock(),
        );
    }
    warn!("trying again in {} s", AGAIN.as_secs());
    AGAIN
}

/// From `now` until the next timer is due, but no longer than the wall clock can be left alone.
fn until(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let until = next.map(|next| next.duration_since(now));
    let until = until.map(|until| Duration::try_from(until).unwrap_or_default());
    until.map_or(LOOK, |until| until.min(LOOK))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_clock_is_looked_at_every_second_and_in_time() {
        let now: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let next = |text: &str| Some(text.parse().unwrap());
        for (next, pause) in [
            (None, LOOK),
            (next("2026-11-23T02:00:00Z"), LOOK),
            (next("2026-11-23T00:00:00.3Z"), Duration::from_millis(300)),
            (next("2026-11-23T00:00:00Z"), Duration::ZERO),
            (next("2026-11-22T00:00:00Z"), Duration::ZERO),
        ] {
            assert_eq!(until(next, now), pause, "{next:?}");
        }
    }
}
