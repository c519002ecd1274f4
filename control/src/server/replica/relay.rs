use std::sync::Arc;
use std::time::Duration;

use prost::Message;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::warn;

use crate::fleet::Relay;
use crate::registry::ChangeError;
use crate::server::app::App;
use crate::server::replica::replica::Replica;
use crate::store::{LiveKeys, StoreError};
use crate::values::now::Now;

/// For how long the others take a replica for one that hears nodes, after its lease was kept alive: less than the lease
/// lasts.
const SERVING: Duration = Duration::from_secs(8);
/// After how long a lease is kept alive again.
const KEPT: Duration = Duration::from_secs(2);
/// After how long there is a heartbeat even where there is nothing to relay.
const EVERY: Duration = Duration::from_secs(1);
/// The least time between two heartbeats.
const CROWD: Duration = Duration::from_millis(100);
/// The pause before a lease that could not be kept is replaced.
const PAUSE: Duration = Duration::from_millis(500);

/// Relays the reports of nodes to the other replicas, for as long as control runs.
pub(crate) async fn relay(app: Arc<App>) {
    let Some(replica) = &app.replica else {
        return;
    };
    loop {
        if let Err(reason) = relay_under_lease(&app, replica).await {
            warn!(reason, "this replica begins to serve anew");
        }
        sleep(PAUSE).await;
    }
}

/// Does so until the lease under which it does has ended.
async fn relay_under_lease(app: &Arc<App>, replica: &Replica) -> Result<(), String> {
    let failed = |error: StoreError| error.to_string();
    let mut kept = Instant::now();
    let mut keys = replica.observer.live(&replica.id).await.map_err(failed)?;
    replica.serve_under(keys.lease());
    let mut relay = Relay::default();
    let mut changes = app.registry.memory().changes();
    // The others have to know of it before it hears the first node.
    say(app, &mut relay, &mut keys).await.map_err(failed)?;
    let id = replica.id.clone();
    let serves = Arc::clone(app)
        .blocking(move |registry| registry.serve(&id).map_err(ChangeError::from))
        .await;
    serves.map_err(|problem| problem.detail().to_owned())?;
    loop {
        replica.serve_until(kept + SERVING);
        until_due(app, &mut changes).await;
        if kept.elapsed() >= KEPT {
            let now = Instant::now();
            if !keys.keep_alive().await.map_err(failed)? {
                return Err("its lease in etcd has ended".to_owned());
            }
            kept = now;
        }
        store_again(app).await?;
        say(app, &mut relay, &mut keys).await.map_err(failed)?;
    }
}

/// Members that were forgotten elsewhere while they reported here are members again before the next heartbeat, and no wait ends
/// well before that.
async fn store_again(app: &Arc<App>) -> Result<(), String> {
    let memory = app.registry.memory();
    if memory.store_again(Now::read()).0.is_empty() {
        return Ok(());
    }
    let stored =
        Arc::clone(app).blocking(|registry| registry.store_again().map_err(ChangeError::from));
    stored.await.map_err(|problem| problem.detail().to_owned())
}

/// Waits until the next heartbeat is due, which is sooner where a wait is open and something has changed.
async fn until_due(app: &App, changes: &mut watch::Receiver<()>) {
    let began = Instant::now();
    let next = async {
        sleep(CROWD).await;
        while changes.changed().await.is_ok() && !app.registry.memory().fleet().is_any_open() {
            sleep(CROWD).await;
        }
    };
    let _ = timeout_at(began + EVERY, next).await;
}

async fn say(app: &App, relay: &mut Relay, keys: &mut LiveKeys<'_>) -> Result<(), StoreError> {
    let memory = app.registry.memory();
    let (relayed, heartbeat) = memory.relay(relay, Now::read());
    let relayed = relayed.into_iter().map(|(service, group, relayed)| {
        let group = group.to_string();
        (service, group, relayed.encode_to_vec())
    });
    keys.relay(relayed.collect()).await?;
    let said = serde_json::to_vec(&heartbeat).map_err(StoreError::unchanged)?;
    keys.heartbeat(said).await
}
