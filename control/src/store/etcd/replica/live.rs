use std::time::Duration;

use crate::store::error::StoreError;
use crate::store::etcd::proto::{
    LeaseGrantRequest, LeaseKeepAliveRequest, LeaseRevokeRequest, RequestOp, TxnRequest,
};
use crate::store::etcd::replica::observer::{ASKING, Observer};
use crate::store::etcd::request::{found, get, in_portions, is_unchanged, put_leased};

/// How long a lease outlives its replica, in seconds.
const LEASE: i64 = 10;
/// How long the end of a lease is tried for.
const LEAVING: Duration = Duration::from_secs(1);

/// A lease of etcd, which ends with the replica that keeps it alive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease(i64);

/// The keys of a replica, which exist as long as its lease: its heartbeat, and the reports that it relays.
///
/// etcd may execute a request after its time limit here. So each transaction compares the revision of the heartbeat's key: one
/// from before a heartbeat has no effect after it. A heartbeat has to come first under a new lease, and after a failure.
#[derive(Debug)]
pub(crate) struct LiveKeys<'a> {
    observer: &'a Observer,
    id: &'a str,
    lease: Lease,
    /// The revision of etcd at which the key of the heartbeat was put; 0 where it does not exist.
    revision: i64,
}

impl Observer {
    /// Has the keys of the replica `id` exist as long as a new lease.
    pub(crate) async fn live<'a>(&'a self, id: &'a str) -> Result<LiveKeys<'a>, StoreError> {
        let request = LeaseGrantRequest { ttl: LEASE };
        let lease = Lease(self.client.grant(request, ASKING).await?.id);
        let mut keys = LiveKeys {
            observer: self,
            id,
            lease,
            revision: 0,
        };
        // It changes nothing, but finds the revision.
        keys.execute(Vec::new()).await?;
        Ok(keys)
    }

    /// Ends a lease, and with it the keys of its replica.
    pub(crate) async fn revoke(&self, lease: Lease) -> Result<(), StoreError> {
        let request = LeaseRevokeRequest { id: lease.0 };
        self.client.revoke(request, LEAVING).await?;
        Ok(())
    }
}

impl LiveKeys<'_> {
    /// The lease that they exist as long as.
    pub(crate) fn lease(&self) -> Lease {
        self.lease
    }

    /// Keeps the lease alive; tells whether it has not ended.
    pub(crate) async fn keep_alive(&self) -> Result<bool, StoreError> {
        let request = LeaseKeepAliveRequest { id: self.lease.0 };
        let kept = self.observer.client.keep_alive(request, ASKING).await?;
        Ok(kept.ttl > 0)
    }

    /// Puts reports of nodes that have come to the replica, by service and number.
    pub(crate) async fn relay(
        &mut self,
        relayed: Vec<(String, String, Vec<u8>)>,
    ) -> Result<(), StoreError> {
        let puts = relayed.into_iter().map(|(service, number, said)| {
            let parts = ["live", self.id, &service, &number];
            put_leased(self.observer.keys.key(&parts), said, self.lease.0)
        });
        for portion in in_portions(puts) {
            self.execute(portion.success).await?;
        }
        Ok(())
    }

    /// Says that the replica lives, and what it says of itself.
    pub(crate) async fn heartbeat(&mut self, said: Vec<u8>) -> Result<(), StoreError> {
        let put = put_leased(self.heartbeat_key(), said, self.lease.0);
        self.revision = self.execute(vec![put]).await?;
        Ok(())
    }

    /// Executes operations when the revision of the heartbeat's key is known, and gives the revision of etcd after them.
    async fn execute(&mut self, operations: Vec<RequestOp>) -> Result<i64, StoreError> {
        loop {
            let request = TxnRequest {
                compare: vec![is_unchanged(self.heartbeat_key(), self.revision)],
                success: operations.clone(),
                failure: vec![get(self.heartbeat_key(), 0)],
            };
            let answer = self.observer.client.transact(request, ASKING).await?;
            if answer.succeeded {
                let header = answer.header;
                return header
                    .map(|header| header.revision)
                    .ok_or_else(|| StoreError::unchanged("etcd names no revision"));
            }
            let found = found(answer).next().flatten();
            self.revision = found.map_or(0, |found| found.mod_revision);
        }
    }

    fn heartbeat_key(&self) -> Vec<u8> {
        self.observer.keys.key(&["live", self.id])
    }
}

#[cfg(test)]
mod tests;
