use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::server::replica::freshness::Freshness;
use crate::store::Observer;
use crate::values::random::random;

/// This replica among those that serve one store.
#[derive(Debug)]
pub(crate) struct Replica {
    /// Its name among them, another one after each start.
    pub(crate) id: String,
    pub(crate) freshness: Freshness,
    pub(super) observer: Observer,
    /// Until when the others take it for one that hears nodes.
    serves_until: watch::Sender<Option<Instant>>,
}

impl Replica {
    /// A replica of a new name.
    ///
    /// # Errors
    ///
    /// Where the system gives no random number.
    pub(crate) fn new(observer: Observer) -> Result<Self, getrandom::Error> {
        Ok(Self {
            id: format!("{:032x}", random()?),
            freshness: Freshness::default(),
            observer,
            serves_until: watch::Sender::default(),
        })
    }

    /// The others take it for one that hears nodes, until then.
    pub(super) fn serve_until(&self, until: Instant) {
        self.serves_until.send_replace(Some(until));
    }

    /// Waits until memory has all that was stored before this call, and the others take this replica for one that hears nodes:
    /// else they end waits without what it hears. It waits for at most `limit`, and tells whether both are so.
    pub(crate) async fn is_proven(&self, limit: Duration) -> bool {
        let mut until = self.serves_until.subscribe();
        let serves = async {
            let is_later = |until: &Option<Instant>| until.is_some_and(|at| Instant::now() < at);
            self.freshness.is_proven(limit).await && until.wait_for(is_later).await.is_ok()
        };
        timeout(limit, serves).await.unwrap_or(false)
    }
}
