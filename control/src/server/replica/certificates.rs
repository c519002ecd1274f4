use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tracing::{error, info};

use crate::server::app::App;
use crate::server::replica::registry::on_thread;

/// How often it is looked whether there are others.
const LOOK: Duration = Duration::from_secs(1);

/// Uses the certificates towards etcd as they are on the disk, for as long as control runs.
pub(crate) async fn renew_certificates(app: Arc<App>) {
    let mut complaint = None;
    loop {
        sleep(LOOK).await;
        let renew = |app: &App| {
            let replica = app.replica.as_ref();
            replica.map(|replica| replica.observer.renew_certificates())
        };
        match on_thread(&app, renew).await {
            Ok(Some(Ok(are_others))) => {
                if are_others {
                    info!("took over new certificates for etcd");
                }
                complaint = None;
            }
            Ok(Some(Err(found))) => {
                let found = found.to_string();
                if complaint.as_ref() != Some(&found) {
                    error!(
                        error = found,
                        "the new certificates for etcd cannot be used; the last ones go on"
                    );
                }
                complaint = Some(found);
            }
            Ok(None) => return,
            // It has panicked, and is tried again.
            Err(_) => {}
        }
    }
}
