use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;
use tonic::Request;
use tonic::metadata::MetadataValue;

use crate::store::error::{OpenError, StoreError};
use crate::store::etcd::client::Client;
use crate::store::etcd::failure::Failure;
use crate::store::etcd::follow::newest;
use crate::store::etcd::keys::Keys;
use crate::store::etcd::proto::event::EventType;
use crate::store::etcd::proto::watch_request::RequestUnion;
use crate::store::etcd::proto::{Event, KeyValue, RangeRequest, WatchCreateRequest, WatchRequest};
use crate::store::etcd::reader::Reader;
use crate::values::version::Version;

/// Asks etcd beside the writer of the store: how far the store is, which replicas serve it, and which reports of nodes have come to them.
#[derive(Debug)]
pub(crate) struct Observer {
    pub(super) client: Arc<Client>,
    pub(super) keys: Keys,
}

/// Something that a replica has put, or that has ended with it.
#[derive(Debug)]
pub(crate) enum News {
    /// The batch of this version is stored.
    Stored(Version),
    /// These replicas serve, and no others of those that began by this version or before.
    Serving {
        ids: BTreeSet<String>,
        version: Version,
    },
    /// A replica lives.
    Heartbeat { id: String, said: Vec<u8> },
    /// A replica does so no more.
    Ended(String),
    /// Reports of some nodes of a service that have come to a replica.
    Relayed {
        id: String,
        service: String,
        said: Vec<u8>,
    },
}

/// How long one of these requests is tried for.
pub(super) const ASKING: Duration = Duration::from_secs(3);
/// How long a watch may be silent: the own heartbeats come more often.
const SILENCE: Duration = Duration::from_secs(5);

impl Observer {
    pub(in crate::store::etcd) fn new(client: Arc<Client>, keys: Keys) -> Self {
        Self { client, keys }
    }

    /// The newest version of the store. A quorum of the members has agreed on it after this was asked.
    ///
    /// # Errors
    ///
    /// Where the store is not the one that had the version `at`, or the members do not answer.
    pub(crate) async fn newest(&self, at: Version) -> Result<Version, StoreError> {
        let request = RangeRequest {
            key: self.keys.version(),
            ..RangeRequest::default()
        };
        let found = self.client.range(request, ASKING).await?;
        newest(&self.client, found.kvs.first(), at)
    }

    /// Uses the certificates towards etcd that the files have now; tells whether they are others.
    ///
    /// # Errors
    ///
    /// Where they cannot be used: those before are used on.
    pub(crate) fn renew_certificates(&self) -> Result<bool, OpenError> {
        self.client.renew_certificates()
    }

    /// Sends all news until the watch ends, which it does where the member that it goes through has no leader. What was
    /// put before the watch began is among the first.
    pub(crate) async fn watch(&self, news: Sender<News>) -> Result<(), StoreError> {
        let member = self.client.current();
        let ended = self.watch_through(&news).await;
        self.client.give_up(member);
        ended
    }

    async fn watch_through(&self, news: &Sender<News>) -> Result<(), StoreError> {
        // What replicas say comes in its order, because it is one watch.
        let creates = ["log", "live"].map(|kind| {
            let (key, range_end) = self.keys.all(&[kind]);
            let create = WatchCreateRequest {
                key,
                range_end,
                start_revision: 0,
            };
            WatchRequest {
                request_union: Some(RequestUnion::CreateRequest(create)),
            }
        });
        let requests = || {
            // Where the requests end, etcd ends the watch.
            let creates = stream::iter(creates.clone()).chain(stream::pending());
            let mut request = Request::new(creates);
            let leader = MetadataValue::from_static("true");
            request.metadata_mut().insert("hasleader", leader);
            request
        };
        let mut answers = self.client.watch(requests).await?;
        let mut created = 0;
        loop {
            let Ok(Some(answer)) = timeout(SILENCE, answers.next()).await else {
                return Err(StoreError::unchanged("the watch of etcd is silent"));
            };
            let answer = answer.map_err(Failure::Refused)?;
            if answer.canceled {
                let reason = if answer.compact_revision > 0 {
                    "it has compacted the revisions that come next".to_owned()
                } else {
                    answer.cancel_reason
                };
                return Err(StoreError::unchanged(format!(
                    "etcd has ended the watch: {reason}"
                )));
            }
            if answer.created {
                created += 1;
                if created == creates.len() {
                    self.begin(news).await?;
                }
            }
            for event in answer.events {
                self.take(event, news).await;
            }
        }
    }

    /// Sends what is there already.
    async fn begin(&self, news: &Sender<News>) -> Result<(), StoreError> {
        let reader = Reader {
            client: &self.client,
            revision: 0,
        };
        let version = self.newest(Version::default()).await?;
        send(news, News::Stored(version)).await;
        let found = reader.all(self.keys.all(&["live"])).await?;
        let serving = found.iter().filter_map(|found| {
            let [_, id] = &self.keys.parts(&found.key)?[..] else {
                return None;
            };
            Some(id.clone())
        });
        let ids = serving.collect();
        send(news, News::Serving { ids, version }).await;
        // The key of a heartbeat is before those of the reports that it follows.
        for found in found.into_iter().rev() {
            let put = Event {
                r#type: EventType::Put.into(),
                kv: Some(found),
            };
            self.take(put, news).await;
        }
        Ok(())
    }

    async fn take(&self, event: Event, news: &Sender<News>) {
        let is_put = event.r#type() == EventType::Put;
        let Some(KeyValue { key, value, .. }) = event.kv else {
            return;
        };
        let parts = self.keys.parts(&key).unwrap_or_default();
        let said = match &parts[..] {
            [kind, version] if kind == "log" && is_put => {
                let Ok(version) = version.parse() else { return };
                News::Stored(Version(version))
            }
            [kind, id] if kind == "live" && is_put => News::Heartbeat {
                id: id.clone(),
                said: value,
            },
            [kind, id] if kind == "live" => News::Ended(id.clone()),
            [kind, id, service, _] if kind == "live" && is_put => News::Relayed {
                id: id.clone(),
                service: service.clone(),
                said: value,
            },
            _ => return,
        };
        send(news, said).await;
    }
}

async fn send(news: &Sender<News>, said: News) {
    // It fails only after the reader has gone.
    let _ = news.send(said).await;
}

#[cfg(test)]
mod tests {
    use intermission_testkit::Etcd;
    use tokio::sync::mpsc;

    use super::*;
    use crate::store::etcd::cluster::Cluster;
    use crate::store::etcd::proto::TxnRequest;
    use crate::store::etcd::request::put;

    /// More than etcd and the connection have room for between them.
    const PUTS: usize = 800;
    const SIZE: usize = 16 << 10;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_watch_whose_next_revisions_are_compacted_ends_with_the_reason() {
        let etcd = Etcd::start(1);
        let cluster = Cluster {
            members: vec![etcd.urls()[0].parse().unwrap()],
            authority: None,
            identity: None,
            prefix: "intermission".to_owned(),
        };
        let client = Client::new(&cluster).unwrap();
        let observer = Observer::new(Arc::new(client), Keys::new(&cluster.prefix));
        let observer = Arc::new(observer);
        let write = async |parts: &[&str], value: Vec<u8>| {
            let request = TxnRequest {
                success: vec![put(observer.keys.key(parts), value)],
                ..TxnRequest::default()
            };
            observer.client.transact(request, ASKING).await.unwrap();
        };
        write(&["version"], b"1".to_vec()).await;
        let (sender, mut news) = mpsc::channel(1);
        let watching = Arc::clone(&observer);
        let watch = tokio::spawn(async move { watching.watch(sender).await });
        assert!(matches!(news.recv().await, Some(News::Stored(Version(1)))));
        assert!(matches!(news.recv().await, Some(News::Serving { .. })));
        for _ in 0..PUTS {
            write(&["live", "a", "shop", "1"], vec![b'x'; SIZE]).await;
        }
        let revision = etcd.revision().to_string();
        etcd.ctl(&["compact", &revision], b"").unwrap();
        while news.recv().await.is_some() {}
        let ended = watch.await.unwrap().unwrap_err().reason();
        assert!(ended.contains("compacted"), "{ended}");
    }
}
