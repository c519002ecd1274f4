use std::sync::Arc;
use std::time::Duration;

use prost::Message;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout_at};
use tracing::{error, warn};

use crate::fleet::{Heartbeat, Relay};
use crate::registry::Registry;
use crate::server::app::App;
use crate::server::replica::failing::Failing;
use crate::server::replica::registry::blocking;
use crate::server::replica::replica::Replica;
use crate::store::{EtcdFault, LiveKeys, StoreError};
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
    let mut failing = Failing::default();
    loop {
        match relay_under_lease(&app, replica, &mut failing).await {
            Ok(()) => warn!("the lease in etcd has ended; this replica begins to serve anew"),
            Err(error) => {
                replica.fail_to_serve(&error);
                if failing.begins(&error) {
                    warn!(reason = error.reason(), "this replica begins to serve anew");
                }
            }
        }
        sleep(PAUSE).await;
    }
}

/// Does so until the lease under which it does has ended.
async fn relay_under_lease(
    app: &Arc<App>,
    replica: &Replica,
    failing: &mut Failing,
) -> Result<(), StoreError> {
    let mut kept = Instant::now();
    let mut keys = replica.observer.live(&replica.id).await?;
    replica.serve_under(keys.lease());
    let mut relay = Relay::default();
    let mut changes = app.registry.memory().changes();
    // The others have to know of it before it hears the first node.
    say(app, &mut relay, &mut keys).await?;
    let id = replica.id.clone();
    blocking(app, move |registry| registry.serve(&id)).await?;
    loop {
        replica.serve_until(kept + SERVING);
        until_due(app, &mut changes).await;
        if kept.elapsed() >= KEPT {
            let now = Instant::now();
            if !keys.keep_alive().await? {
                return Ok(());
            }
            kept = now;
        }
        match beat(app, &mut relay, &mut keys).await {
            Ok(()) => {
                failing.ends();
            }
            // No other replica can store the end of a wait either.
            Err(error) if matches!(EtcdFault::of(&error), Some(EtcdFault::Full { .. })) => {
                if failing.begins(&error) {
                    error!(
                        reason = error.reason(),
                        "the reports of nodes cannot be relayed; waits do not end until they can"
                    );
                }
            }
            Err(error) => return Err(error),
        }
    }
}

async fn beat(
    app: &Arc<App>,
    relay: &mut Relay,
    keys: &mut LiveKeys<'_>,
) -> Result<(), StoreError> {
    store_again(app).await?;
    say(app, relay, keys).await
}

/// Members that were forgotten elsewhere while they reported here are members again before the next heartbeat, and no wait ends
/// well before that.
async fn store_again(app: &Arc<App>) -> Result<(), StoreError> {
    let memory = app.registry.memory();
    if memory.store_again(Now::read()).0.is_empty() {
        return Ok(());
    }
    blocking(app, Registry::store_again).await
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

/// Relays what there is to relay, then says so. At the beginning, and after a failure, a heartbeat that says nothing of reports
/// comes first, and all of them are relayed.
async fn say(app: &App, relay: &mut Relay, keys: &mut LiveKeys<'_>) -> Result<(), StoreError> {
    let said = try_to_say(app, relay, keys).await;
    if said.is_err() {
        relay.begin_anew();
    }
    said
}

async fn try_to_say(
    app: &App,
    relay: &mut Relay,
    keys: &mut LiveKeys<'_>,
) -> Result<(), StoreError> {
    let memory = app.registry.memory();
    if !relay.is_complete() {
        let heartbeat = memory.announce(Now::read());
        keys.heartbeat(written(&heartbeat)?).await?;
    }
    let (relayed, heartbeat) = memory.relay(relay, Now::read());
    let relayed = relayed.into_iter().map(|(service, number, relayed)| {
        let number = number.to_string();
        (service, number, relayed.encode_to_vec())
    });
    keys.relay(relayed.collect()).await?;
    keys.heartbeat(written(&heartbeat)?).await
}

fn written(heartbeat: &Heartbeat) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(heartbeat).map_err(StoreError::unchanged)
}
