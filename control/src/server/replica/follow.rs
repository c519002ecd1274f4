use std::sync::Arc;
use std::time::Duration;

use prost::Message;
use tokio::sync::mpsc;
use tokio::time::sleep;
use tracing::warn;

use crate::fleet::{Heartbeat, Relayed};
use crate::server::app::App;
use crate::server::replica::failing::Failing;
use crate::server::replica::registry::catch_up;
use crate::store::{News, StoreError};
use crate::values::now::Now;

/// The pause before a watch that has ended is opened again.
const PAUSE: Duration = Duration::from_millis(200);
/// How many news may wait.
const WAITING: usize = 256;

/// Follows what other replicas store and relay, for as long as control runs.
pub(crate) async fn follow(app: Arc<App>) {
    let Some(replica) = &app.replica else {
        return;
    };
    let mut failing = Failing::default();
    loop {
        let (sender, mut news) = mpsc::channel(WAITING);
        let watch = replica.observer.watch(sender);
        let follow = async {
            while let Some(news) = news.recv().await {
                take(&app, &replica.id, news).await?;
                failing.ends();
            }
            Ok(())
        };
        // The next watch begins with all that there is, so that what was not taken of this one is made good.
        let ended = tokio::select! {
            ended = watch => ended,
            failed = follow => failed,
        };
        if let Err(error) = ended
            && failing.begins(&error)
        {
            warn!(reason = error.reason(), "the store is watched anew");
        }
        sleep(PAUSE).await;
    }
}

/// Takes news.
///
/// # Errors
///
/// Where memory cannot follow the store. No later news may be taken then: a heartbeat says that what was put before it is known.
async fn take(app: &Arc<App>, own: &str, news: News) -> Result<(), StoreError> {
    let memory = app.registry.memory();
    match news {
        News::Stored(version) if version > memory.version() => catch_up(app).await?,
        News::Stored(_) => {}
        News::Serving { ids, version } => memory.keep_replicas(&ids, version, Now::read()),
        News::Heartbeat { id, said } if id != own => {
            match serde_json::from_slice::<Heartbeat>(&said) {
                Ok(heartbeat) => memory.take_heartbeat(&id, heartbeat, Now::read()),
                Err(error) => {
                    warn!(replica = id, %error, "the heartbeat of a replica cannot be read")
                }
            }
        }
        News::Ended(id) => memory.end_replica(&id, Now::read()),
        News::Relayed { id, service, said } if id != own => match Relayed::decode(&said[..]) {
            Ok(relayed) => {
                if relayed.version > memory.version().0 {
                    catch_up(app).await?;
                }
                memory.relayed(&service, &id, &relayed, Now::read());
            }
            Err(error) => {
                warn!(replica = id, %error, "the reports that a replica relays cannot be read")
            }
        },
        News::Heartbeat { .. } | News::Relayed { .. } => {}
    }
    Ok(())
}
