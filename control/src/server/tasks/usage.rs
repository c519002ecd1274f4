//! How much room the store takes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tracing::{error, warn};

use crate::server::app::App;
use crate::server::http::problem::Problem;
use crate::store::Usage;

/// The pause between two looks.
const LOOK: Duration = Duration::from_secs(10);

/// Looks again and again, for as long as control runs.
pub(crate) async fn watch(app: Arc<App>) {
    loop {
        let looked = Arc::clone(&app).blocking(|registry| Ok::<_, Problem>(registry.usage().ok()));
        if let Ok(Some(usage)) = looked.await {
            let before = app.usage.send_replace(Some(usage));
            note(before.is_some_and(|before| before.is_full), usage);
        }
        sleep(LOOK).await;
    }
}

fn note(was_full: bool, usage: Usage) {
    let Usage { bytes, is_full } = usage;
    match (was_full, is_full) {
        (false, true) => error!(
            bytes,
            "etcd is full: states are served, and no change is taken. Compact and defragment it or raise its \
             --quota-backend-bytes, then etcdctl alarm disarm"
        ),
        (true, false) => warn!(bytes, "etcd is full no more"),
        _ => {}
    }
}
