use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::registry::Registry;
use crate::server::app::App;
use crate::store::StoreError;

/// Runs what waits for the store on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&Registry) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let app = Arc::clone(app);
    let done = spawn_blocking(move || work(&app.registry)).await;
    done.map_err(StoreError::unchanged)?
}

/// Has memory follow what other replicas have stored.
pub(super) async fn catch_up(app: &Arc<App>) -> Result<(), StoreError> {
    blocking(app, Registry::catch_up).await
}
