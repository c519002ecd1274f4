//! Wakes the held polls of nodes, after the operator who has news for them is answered.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::server::app::App;

/// How long the answer to an operator has before the polls of nodes are answered, which may be thousands.
const HEAD_START: Duration = Duration::from_millis(1);

/// Wakes them each time that there is news, for as long as control runs.
pub(crate) async fn watch(app: Arc<App>) {
    let memory = app.registry.memory();
    loop {
        memory.news_for_nodes().await;
        sleep(HEAD_START).await;
        memory.wake_nodes();
    }
}
