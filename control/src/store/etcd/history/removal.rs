//! Removing what is kept no longer, a portion at a time. Other replicas may do the same at the same time: what is deleted
//! twice is gone, and no revision that any of them needs is among it.

use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::store::batch::StoredAnswer;
use crate::store::error::StoreError;
use crate::store::etcd::client::Client;
use crate::store::etcd::keys::{Keys, number};
use crate::store::etcd::log::LoggedRecord;
use crate::store::etcd::proto::{Compare, KeyValue, RequestOp, TxnRequest};
use crate::store::etcd::reader::{Reader, read};
use crate::store::etcd::request::{delete, is_unchanged};
use crate::store::retention::{Portion, Removal, Rest};
use crate::wire::barrier::Progress;
use crate::wire::stamp::Stamp;

type Range = (Vec<u8>, Vec<u8>);

/// How many keys a portion removes at most.
const MOST_KEYS: i64 = 100;
/// How many values it reads, which may have half a megabyte each.
const MOST_VALUES: i64 = 20;
/// How long one is tried for.
const REMOVING: Duration = Duration::from_secs(10);

/// Removes a portion of what is kept no longer.
pub(crate) async fn remove(
    client: &Client,
    keys: &Keys,
    removal: &Removal,
) -> Result<Portion, StoreError> {
    let reader = Reader {
        client,
        revision: 0,
    };
    let sweep = Sweep { reader, keys };
    match removal {
        Removal::Documents { service, before } => {
            let documents = before_revision(keys, "document", service, *before);
            let documents = sweep.keys(documents).await?;
            if documents.rest != Rest::Nothing {
                return Ok(documents);
            }
            // After the documents: none is there without its labels, which have the ends of entries.
            let labels = before_revision(keys, "labels", service, *before);
            let Portion { rest, .. } = sweep.keys(labels).await?;
            Ok(Portion { rest, ..documents })
        }
        Removal::Log { before } => {
            let (first, _) = keys.all(&["log"]);
            sweep.keys((first, keys.log(*before))).await
        }
        Removal::Records {
            service,
            before,
            until,
        } => {
            let (first, _) = keys.all(&["history", service]);
            let range = (first, keys.history(service, *before));
            sweep.records(service, range, *until).await
        }
        Removal::Events { service, until } => {
            let range = keys.all(&["event", service]);
            let (old, rest) = sweep
                .first(range, |event: &Stamp| event.at < *until)
                .await?;
            sweep.delete(&old).await?;
            Ok(portion(old.len(), rest))
        }
        Removal::Barriers { until, from } => {
            let is_old = |ended: &Progress| ended.began < *until;
            sweep.any("ended", from.as_deref(), is_old).await
        }
        Removal::Answers { until, from } => {
            let is_old = |answer: &StoredAnswer| answer.at < *until;
            sweep.any("answer", from.as_deref(), is_old).await
        }
    }
}

struct Sweep<'s> {
    reader: Reader<'s>,
    keys: &'s Keys,
}

impl Sweep<'_> {
    /// Deletes the first keys of a range, of which none is needed.
    async fn keys(&self, range: Range) -> Result<Portion, StoreError> {
        let page = self.reader.page(range, MOST_KEYS, true).await?;
        if let (Some(first), Some(last)) = (page.kvs.first(), page.kvs.last()) {
            let range = delete(first.key.clone(), after(&last.key));
            self.transact(Vec::new(), vec![range]).await?;
        }
        Ok(portion(page.kvs.len(), Rest::same_if(page.more)))
    }

    /// Deletes the first records of a service that are old, with their documents.
    async fn records(
        &self,
        service: &str,
        range: Range,
        until: Timestamp,
    ) -> Result<Portion, StoreError> {
        let is_old = |record: &LoggedRecord| record.stamp.at < until;
        let (old, rest) = self.first(range, is_old).await?;
        if let (Some(first), Some(last)) = (old.first(), old.last()) {
            let revision = |found: &KeyValue| self.keys.parts(&found.key)?.pop()?.parse().ok();
            let end = revision(last).map_or(0, |last: u64| last + 1);
            let mut deletes = vec![delete(first.key.clone(), after(&last.key))];
            for kind in ["document", "labels"] {
                let (first, end) = before_revision(self.keys, kind, service, end);
                deletes.push(delete(first, end));
            }
            self.transact(Vec::new(), deletes).await?;
        }
        Ok(portion(old.len(), rest))
    }

    /// The first values of a range, as long as they are old.
    async fn first<T: DeserializeOwned>(
        &self,
        range: Range,
        is_old: impl Fn(&T) -> bool,
    ) -> Result<(Vec<KeyValue>, Rest), StoreError> {
        let page = self.reader.page(range, MOST_VALUES, false).await?;
        let all = page.kvs.len();
        let mut old = Vec::new();
        for found in page.kvs {
            let value: T = read(&found).map_err(StoreError::unchanged)?;
            if !is_old(&value) {
                break;
            }
            old.push(found);
        }
        let rest = Rest::same_if(page.more && old.len() == all);
        Ok((old, rest))
    }

    /// Deletes those of the next values of a kind that are old, in whatever place.
    async fn any<T: DeserializeOwned>(
        &self,
        kind: &str,
        from: Option<&str>,
        is_old: impl Fn(&T) -> bool,
    ) -> Result<Portion, StoreError> {
        let (first, end) = self.keys.all(&[kind]);
        let first = from.map_or(first, |from| after(from.as_bytes()));
        let page = self.reader.page((first, end), MOST_VALUES, false).await?;
        let last = page.kvs.last().filter(|_| page.more);
        let place = last.map(|last| String::from_utf8_lossy(&last.key).into_owned());
        let mut old = Vec::new();
        for found in page.kvs {
            let value: T = read(&found).map_err(StoreError::unchanged)?;
            if is_old(&value) {
                old.push(found);
            }
        }
        self.delete(&old).await?;
        Ok(portion(old.len(), Rest::from_place(place)))
    }

    /// Deletes values that have not changed since they were read.
    async fn delete(&self, old: &[KeyValue]) -> Result<(), StoreError> {
        if old.is_empty() {
            return Ok(());
        }
        let unchanged = old
            .iter()
            .map(|found| is_unchanged(found.key.clone(), found.mod_revision));
        let deletes = old
            .iter()
            .map(|found| delete(found.key.clone(), Vec::new()));
        self.transact(unchanged.collect(), deletes.collect()).await
    }

    async fn transact(
        &self,
        compare: Vec<Compare>,
        success: Vec<RequestOp>,
    ) -> Result<(), StoreError> {
        let request = TxnRequest {
            compare,
            success,
            failure: Vec::new(),
        };
        self.reader.client.transact(request, REMOVING).await?;
        Ok(())
    }
}

/// The range of the keys of a kind that are of revisions before this one.
fn before_revision(keys: &Keys, kind: &str, service: &str, revision: u64) -> Range {
    let (first, _) = keys.all(&[kind, service]);
    (first, keys.key(&[kind, service, &number(revision)]))
}

fn portion(removed: usize, rest: Rest) -> Portion {
    Portion {
        removed: removed.try_into().unwrap_or(u64::MAX),
        rest,
    }
}

/// The key after this one.
fn after(key: &[u8]) -> Vec<u8> {
    [key, b"\0"].concat()
}
