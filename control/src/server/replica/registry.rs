use std::sync::Arc;

use tokio::task::{JoinError, spawn_blocking};

use crate::registry::Registry;
use crate::server::app::App;
use crate::store::StoreError;

/// Runs what waits for the store on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&Registry) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = on_thread(app, |app| work(&app.registry)).await;
    done.map_err(StoreError::unchanged)?
}

/// Runs what waits on a thread that may wait.
pub(super) async fn on_thread<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> T + Send + 'static,
) -> Result<T, JoinError> {
    let app = Arc::clone(app);
    spawn_blocking(move || work(&app)).await
}

/// Has memory follow what other replicas have stored.
pub(super) async fn catch_up(app: &Arc<App>) -> Result<(), StoreError> {
    blocking(app, Registry::catch_up).await
}
