use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tracing::{error, warn};

use crate::registry::ChangeError;
use crate::server::app::App;
use crate::server::replica::replica::Replica;

/// After how long a proof is made even where none is asked for.
const EVERY: Duration = Duration::from_secs(1);
/// The least time between two proofs: requests within it share one.
const CROWD: Duration = Duration::from_millis(10);

/// Proves again and again how far memory is, for as long as control runs.
pub(crate) async fn prove(app: Arc<App>) {
    let Some(replica) = &app.replica else {
        return;
    };
    let mut is_away = false;
    loop {
        let _ = timeout(EVERY, replica.freshness.asked()).await;
        let began = Instant::now();
        match proof(&app, replica).await {
            Ok(()) => {
                replica.freshness.prove(began);
                if std::mem::take(&mut is_away) {
                    warn!("the store is reached again");
                }
            }
            Err(reason) if !std::mem::replace(&mut is_away, true) => {
                error!(
                    reason,
                    "this replica cannot prove that it has the newest state, and answers no poll until it can"
                );
            }
            Err(_) => {}
        }
        sleep(CROWD).await;
    }
}

async fn proof(app: &Arc<App>, replica: &Replica) -> Result<(), String> {
    let memory = app.registry.memory();
    let newest = replica.observer.newest(memory.version()).await;
    if newest.map_err(|error| error.to_string())? > memory.version() {
        catch_up(app).await?;
    }
    Ok(())
}

/// Has memory follow what other replicas have stored.
pub(super) async fn catch_up(app: &Arc<App>) -> Result<(), String> {
    let app = Arc::clone(app);
    let followed = app.blocking(|registry| registry.catch_up().map_err(ChangeError::from));
    followed
        .await
        .map_err(|problem| problem.detail().to_owned())
}
