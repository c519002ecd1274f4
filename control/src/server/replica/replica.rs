use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

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
    serves_until: Mutex<Option<Instant>>,
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
            serves_until: Mutex::default(),
        })
    }

    /// The others take it for one that hears nodes, until then.
    pub(super) fn serve_until(&self, until: Instant) {
        *self.lock() = Some(until);
    }

    /// Whether the others take it for one that hears nodes. Where they do not, they end waits without what it hears.
    pub(super) fn serves(&self) -> bool {
        self.lock().is_some_and(|until| Instant::now() < until)
    }

    /// Waits until memory has all that was stored before this call, for at most `limit`; tells whether it has.
    pub(crate) async fn is_proven(&self, limit: Duration) -> bool {
        self.freshness.is_proven(limit).await && self.serves()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Instant>> {
        self.serves_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
