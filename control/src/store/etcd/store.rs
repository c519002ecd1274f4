use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use prost::Message;
use serde::de::DeserializeOwned;
use tokio::runtime::Handle;

use crate::store::batch::KEPT;
use crate::store::batch::{Batch, Step, StoredAnswer};
use crate::store::check::Checked;
use crate::store::error::{OpenError, StoreError};
use crate::store::etcd::client::Client;
use crate::store::etcd::cluster::Cluster;
use crate::store::etcd::failure::Failure;
use crate::store::etcd::fault::EtcdFault;
use crate::store::etcd::keys::{Keys, number};
use crate::store::etcd::load::{self, corrupt};
use crate::store::etcd::log::Nonce;
use crate::store::etcd::proto::{RangeRequest, RequestOp, TxnRequest};
use crate::store::etcd::reader::{Reader, read};
use crate::store::etcd::replica::Observer;
use crate::store::etcd::request::{
    LARGEST_REQUEST, found, get, in_portions, is, is_absent, is_present, put,
};
use crate::store::etcd::writes::{Writes, entry, level};
use crate::store::etcd::{check, follow, history};
use crate::store::history::Page;
use crate::store::identity::mint;
use crate::store::retention::{Portion, Removal};
use crate::store::store::{After, Committed, Store, Usage};
use crate::values::random::random;
use crate::values::version::Version;
use crate::wire::barrier::Progress;
use crate::wire::stamp::Stamp;

/// A store in etcd, as one replica sees it.
#[derive(Clone, Debug)]
pub(crate) struct Etcd {
    client: Arc<Client>,
    keys: Keys,
    runtime: Handle,
    failed: Arc<AtomicBool>,
    /// The level of the facts that the store has, up to the version that this replica has followed.
    level: Arc<AtomicU32>,
}

/// How long a member may take to say how much room the store takes.
const ASKING: Duration = Duration::from_secs(3);
/// How long a commit is tried for.
const COMMITTING: Duration = Duration::from_secs(10);

impl Etcd {
    /// Opens the store of a cluster, and founds it where there is none.
    pub(crate) fn open(
        cluster: &Cluster,
        runtime: Handle,
        now: Timestamp,
    ) -> Result<Self, OpenError> {
        let store = Self {
            // A channel needs the runtime that it is made in.
            client: Arc::new(runtime.block_on(async { Client::new(cluster) })?),
            keys: Keys::new(&cluster.prefix),
            runtime,
            failed: Arc::default(),
            level: Arc::default(),
        };
        store.runtime.block_on(store.found(now))?;
        Ok(store)
    }

    /// Checks the store of a cluster, which others may be writing to.
    pub(crate) fn check(
        cluster: &Cluster,
        runtime: &Handle,
        now: Timestamp,
    ) -> Result<Checked, OpenError> {
        runtime.block_on(check::check(cluster, now))
    }

    /// What asks etcd beside this.
    pub(crate) fn observer(&self) -> Observer {
        Observer::new(Arc::clone(&self.client), self.keys.clone())
    }

    fn now(&self) -> Reader<'_> {
        Reader {
            client: &self.client,
            revision: 0,
        }
    }

    /// Founds a store, if nothing has the prefix yet.
    async fn found(&self, now: Timestamp) -> Result<(), OpenError> {
        let version = self.keys.version();
        if self.now().value(version.clone()).await?.is_some() {
            return Ok(());
        }
        if let Some(foreign) = self.now().last(self.keys.all(&[]), 1).await?.pop() {
            return Err(OpenError::Etcd(format!(
                "there is a key {} and no version: the prefix is used by another program; name another one with \
                 --etcd-prefix",
                String::from_utf8_lossy(&foreign.key)
            )));
        }
        let request = TxnRequest {
            compare: vec![is_absent(version.clone())],
            success: vec![
                put(version, b"0".to_vec()),
                put(self.keys.key(&["identity"]), mint(now)?.into_bytes()),
            ],
            failure: Vec::new(),
        };
        // Where another replica was first, its store is as good.
        self.client.transact(request, COMMITTING).await?;
        Ok(())
    }

    async fn load(&self) -> Result<(Version, Batch), OpenError> {
        let request = RangeRequest {
            key: self.keys.version(),
            ..RangeRequest::default()
        };
        let found = self.client.range(request, COMMITTING).await?;
        let header = found
            .header
            .ok_or_else(|| corrupt("etcd names no revision"))?;
        let reader = Reader {
            client: &self.client,
            revision: header.revision,
        };
        let (version, level, batch) = load::load(&reader, &self.keys).await?;
        self.level.fetch_max(level, Ordering::Relaxed);
        Ok((version, batch))
    }

    async fn commit(&self, at: Version, batch: &Batch) -> Result<Committed, StoreError> {
        self.client.check_has_not_gone_back()?;
        let random = random().map_err(OpenError::Random);
        let nonce = format!("{:032x}", random.map_err(StoreError::unchanged)?);
        let next = at.next();
        let level = level(batch);
        let known = self.level.load(Ordering::Relaxed);
        let mut writes = Writes::of(batch, &self.keys, next)?;
        if level > known.max(1) {
            writes.put_level(&self.keys, level);
        }
        let documents = std::mem::take(&mut writes.documents);
        let mut operations = writes.operations()?;
        operations.push(put(self.keys.log(next), entry(batch, &nonce)?));
        operations.push(put(self.keys.version(), next.0.to_string().into_bytes()));
        let mut request = TxnRequest {
            compare: vec![is(self.keys.version(), at.0.to_string().into_bytes())],
            success: operations,
            failure: vec![get(self.keys.log(next), 0), get(self.keys.version(), 0)],
        };
        // A replica whose lease has ended before this is executed would be one that never ends.
        let serving = batch.0.iter().filter_map(|step| match step {
            Step::Serves { replica } => Some(is_present(self.keys.key(&["live", replica]))),
            _ => None,
        });
        request.compare.extend(serving);
        let small = request.encoded_len();
        if small > LARGEST_REQUEST {
            return Err(StoreError::unchanged(format!(
                "the change needs {small} bytes, and etcd takes {LARGEST_REQUEST} at once; change fewer services at a \
                 time"
            )));
        }
        let puts = documents
            .into_iter()
            .map(|(key, document)| put(key, document.into()));
        let puts: Vec<RequestOp> = puts.collect();
        let documents: usize = puts.iter().map(Message::encoded_len).sum();
        // The document and the labels of one service.
        if puts.len() <= 2 && small + documents + 32 <= LARGEST_REQUEST {
            request.success.extend(puts);
        } else {
            // Nothing names them yet.
            for request in in_portions(puts.into_iter()) {
                self.client.transact(request, COMMITTING).await?;
            }
        }
        let answer = match self.client.transact(request, COMMITTING).await {
            Ok(answer) => answer,
            Err(
                failure @ (Failure::Unanswered { .. }
                | Failure::Faulty(EtcdFault::OtherCluster { .. })),
            ) => {
                return Err(StoreError::Unanswered(failure.into()));
            }
            Err(failure) => return Err(failure.into()),
        };
        if answer.succeeded {
            self.level.fetch_max(level, Ordering::Relaxed);
            return Ok(Committed::Stored);
        }
        let mut found = found(answer);
        let (log, version) = (found.next().flatten(), found.next().flatten());
        let entry = log.map(|log| read::<Nonce>(&log));
        // An attempt before has succeeded, and its answer was lost.
        if entry.is_some_and(|entry| entry.is_ok_and(|entry| entry.nonce == nonce)) {
            self.level.fetch_max(level, Ordering::Relaxed);
            return Ok(Committed::Stored);
        }
        if follow::newest(&self.client, version.as_ref(), at)? == at {
            return Err(StoreError::unchanged("the lease of this replica has ended"));
        }
        Ok(Committed::Behind)
    }

    /// The values of all keys that begin with these parts.
    async fn all<T: DeserializeOwned>(&self, parts: &[&str]) -> Result<Vec<T>, StoreError> {
        let found = self.now().all(self.keys.all(parts)).await?;
        let values = found.iter().map(read);
        values
            .collect::<Result<_, _>>()
            .map_err(StoreError::unchanged)
    }

    async fn tag(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        let record = history::record(&self.now(), &self.keys, service, revision).await?;
        Ok(record.map(|record| record.tag))
    }

    async fn document(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        let (reader, keys) = (self.now(), &self.keys);
        let record = history::record(&reader, keys, service, revision).await?;
        let mut texts = history::texts(&reader, keys, service, record.iter()).await?;
        Ok(texts.pop().flatten())
    }

    async fn labels(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        let (reader, keys) = (self.now(), &self.keys);
        let record = history::record(&reader, keys, service, revision).await?;
        let mut labels = history::labels(&reader, keys, service, record.iter()).await?;
        Ok(labels.pop().flatten())
    }

    async fn events(
        &self,
        service: &str,
        from: u64,
        to: Option<u64>,
    ) -> Result<Vec<Stamp>, StoreError> {
        let (_, mut end) = self.keys.all(&["event", service]);
        if let Some(to) = to {
            end = self.keys.key(&["event", service, &number(to)]);
        }
        let first = self.keys.key(&["event", service, &number(from)]);
        let mut events = Vec::new();
        for found in self.now().all((first, end)).await?.iter().rev() {
            events.push(read(found).map_err(StoreError::unchanged)?);
        }
        Ok(events)
    }
}

impl Store for Etcd {
    fn load(&self) -> Result<(Version, Batch), OpenError> {
        self.runtime.block_on(Self::load(self))
    }

    fn commit(&mut self, at: Version, batch: &Batch) -> Result<Committed, StoreError> {
        self.runtime.block_on(Self::commit(self, at, batch))
    }

    fn after(&self, at: Version) -> Result<After, StoreError> {
        let after = follow::after(&self.client, &self.keys, at, &self.level);
        self.runtime.block_on(after)
    }

    fn shared(&self) -> Option<Arc<dyn Store + Sync>> {
        Some(Arc::new(self.clone()))
    }

    fn failed(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.failed)
    }

    fn recall(
        &self,
        actor: &str,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<([u8; 32], String)>, StoreError> {
        let key = self.keys.key(&["answer", actor, key]);
        let Some(found) = self.runtime.block_on(self.now().value(key))? else {
            return Ok(None);
        };
        let answer: StoredAnswer = read(&found).map_err(StoreError::unchanged)?;
        let is_kept = answer.at.as_millisecond() >= now.as_millisecond() - KEPT;
        Ok(is_kept.then_some((answer.once.request, answer.outcomes)))
    }

    fn history(&self, service: &str, before: Option<u64>) -> Result<Page, StoreError> {
        let reader = self.now();
        let page = history::history(&reader, &self.keys, service, before);
        self.runtime.block_on(page)
    }

    fn tag(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        self.runtime.block_on(Self::tag(self, service, revision))
    }

    fn document(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        self.runtime
            .block_on(Self::document(self, service, revision))
    }

    fn labels(&self, service: &str, revision: u64) -> Result<Option<String>, StoreError> {
        self.runtime.block_on(Self::labels(self, service, revision))
    }

    fn events(&self, service: &str, from: u64, to: Option<u64>) -> Result<Vec<Stamp>, StoreError> {
        self.runtime.block_on(Self::events(self, service, from, to))
    }

    fn ended_barrier(&self, id: &str) -> Result<Option<Progress>, StoreError> {
        let key = self.keys.key(&["ended", id]);
        let found = self.runtime.block_on(self.now().value(key))?;
        let ended = found.map(|found| read(&found).map_err(StoreError::unchanged));
        ended.transpose()
    }

    fn ended_barriers(&self) -> Result<Vec<Progress>, StoreError> {
        self.runtime.block_on(self.all(&["ended"]))
    }

    fn answers(&self) -> Result<Vec<StoredAnswer>, StoreError> {
        self.runtime.block_on(self.all(&["answer"]))
    }

    fn usage(&self) -> Result<Usage, StoreError> {
        let status = self.runtime.block_on(self.client.status(ASKING))?;
        Ok(Usage {
            bytes: u64::try_from(status.db_size).unwrap_or_default(),
            is_full: status.errors.iter().any(|alarm| alarm.contains("NOSPACE")),
        })
    }

    fn remove(&mut self, removal: &Removal) -> Result<Portion, StoreError> {
        let removed = history::remove(&self.client, &self.keys, removal);
        self.runtime.block_on(removed)
    }
}
