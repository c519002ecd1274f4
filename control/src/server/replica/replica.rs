use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tracing::warn;

use crate::server::replica::freshness::Freshness;
use crate::store::{EtcdFault, Lease, Observer, StoreError};
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
    /// The lease under which it serves.
    lease: watch::Sender<Option<Lease>>,
    /// What was wrong with the store when it was last tried to serve under one.
    lease_fault: watch::Sender<Option<EtcdFault>>,
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
            lease: watch::Sender::default(),
            lease_fault: watch::Sender::default(),
        })
    }

    /// The others take it for one that hears nodes, until then.
    pub(super) fn serve_until(&self, until: Instant) {
        self.serves_until.send_replace(Some(until));
    }

    /// Serves under this lease from now on.
    pub(super) fn serve_under(&self, lease: Lease) {
        self.lease.send_replace(Some(lease));
        self.lease_fault.send_replace(None);
    }

    /// Cannot serve under a lease.
    pub(super) fn fail_to_serve(&self, error: &StoreError) {
        self.lease_fault.send_replace(EtcdFault::of(error).cloned());
    }

    /// What is wrong with the store, so that this replica answers nothing; none where etcd does not answer.
    pub(crate) fn fault(&self) -> Option<EtcdFault> {
        let of_lease = || self.lease_fault.borrow().clone();
        self.freshness.fault().or_else(of_lease)
    }

    /// Serves no more, so that the others need not wait for the end of the lease.
    pub(crate) async fn leave(&self) {
        self.serves_until.send_replace(None);
        let lease = self.lease.send_replace(None);
        if let Some(lease) = lease
            && let Err(error) = self.observer.revoke(lease).await
        {
            warn!(%error, "the lease in etcd ends by itself");
        }
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
