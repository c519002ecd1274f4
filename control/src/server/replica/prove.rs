use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tracing::{error, warn};

use crate::server::app::App;
use crate::server::replica::failing::Failing;
use crate::server::replica::registry::catch_up;
use crate::server::replica::replica::Replica;
use crate::store::{EtcdFault, StoreError};

/// After how long a proof is made even where none is asked for.
const EVERY: Duration = Duration::from_secs(1);
/// The least time between two proofs: requests within it share one.
const CROWD: Duration = Duration::from_millis(10);

/// Proves again and again how far memory is, for as long as control runs.
pub(crate) async fn prove(app: Arc<App>) {
    let Some(replica) = &app.replica else {
        return;
    };
    let mut failing = Failing::default();
    loop {
        let _ = timeout(EVERY, replica.freshness.asked()).await;
        let began = Instant::now();
        match proof(&app, replica).await {
            Ok(()) => {
                app.registry.memory().prove(began.into_std());
                replica.freshness.prove(began);
                if failing.ends() {
                    warn!("the store is reached again");
                }
            }
            Err(error) => {
                replica.freshness.fail(EtcdFault::of(&error).cloned());
                if failing.begins(&error) {
                    error!(
                        reason = error.reason(),
                        "this replica cannot prove that it has the newest state, and answers no poll until it can"
                    );
                }
            }
        }
        sleep(CROWD).await;
    }
}

async fn proof(app: &Arc<App>, replica: &Replica) -> Result<(), StoreError> {
    let memory = app.registry.memory();
    if replica.observer.newest(memory.version()).await? > memory.version() {
        catch_up(app).await?;
    }
    Ok(())
}
