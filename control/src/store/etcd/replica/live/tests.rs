use std::sync::Arc;

use intermission_testkit::{Etcd, Proxy};

use super::*;
use crate::store::etcd::client::Client;
use crate::store::etcd::cluster::Cluster;
use crate::store::etcd::keys::Keys;
use crate::store::etcd::reader::Reader;

const ID: &str = "r";
const HEARTBEAT: &[&str] = &["live", ID];
const REPORT: &[&str] = &["live", ID, "shop", "1"];

/// A replica that reaches a cluster through a proxy.
struct Replica {
    etcd: Etcd,
    proxy: Proxy,
    observer: Observer,
}

impl Replica {
    async fn start() -> Self {
        let etcd = Etcd::start(1);
        let proxy = Proxy::start(etcd.address(0));
        let observer = observer(&format!("http://{}", proxy.address()));
        Self {
            etcd,
            proxy,
            observer,
        }
    }

    /// The value that a key has in etcd.
    async fn value(&self, parts: &[&str]) -> String {
        let direct = observer(&self.etcd.urls()[0]);
        let reader = Reader {
            client: &direct.client,
            revision: 0,
        };
        let found = reader.value(direct.keys.key(parts)).await.unwrap();
        String::from_utf8(found.unwrap().value).unwrap()
    }
}

fn observer(url: &str) -> Observer {
    let cluster = Cluster {
        members: vec![url.parse().unwrap()],
        authority: None,
        identity: None,
        prefix: "intermission".to_owned(),
    };
    let client = Client::new(&cluster).unwrap();
    Observer::new(Arc::new(client), Keys::new(&cluster.prefix))
}

async fn relay(keys: &mut LiveKeys<'_>, said: &str) -> Result<(), StoreError> {
    let report = ("shop".to_owned(), "1".to_owned(), said.into());
    keys.relay(vec![report]).await
}

#[tokio::test]
async fn a_report_whose_first_attempt_is_executed_late_does_not_replace_a_later_one() {
    let replica = Replica::start().await;
    let mut keys = replica.observer.live(ID).await.unwrap();
    keys.heartbeat("beat 1".into()).await.unwrap();
    replica.proxy.hold("earlier report");
    relay(&mut keys, "earlier report").await.unwrap();
    keys.heartbeat("beat 2".into()).await.unwrap();
    relay(&mut keys, "later report").await.unwrap();
    replica.proxy.release();
    assert_eq!(replica.value(REPORT).await, "later report");
}

#[tokio::test]
async fn a_report_under_an_earlier_lease_does_not_replace_a_later_one() {
    let replica = Replica::start().await;
    let mut keys = replica.observer.live(ID).await.unwrap();
    keys.heartbeat("beat 1".into()).await.unwrap();
    replica.proxy.hold("earlier report");
    replica.proxy.refuse();
    relay(&mut keys, "earlier report").await.unwrap_err();
    replica.proxy.forward();
    let mut keys = replica.observer.live(ID).await.unwrap();
    keys.heartbeat("beat 2".into()).await.unwrap();
    relay(&mut keys, "later report").await.unwrap();
    replica.proxy.release();
    assert_eq!(replica.value(REPORT).await, "later report");
}

#[tokio::test]
async fn a_heartbeat_that_was_executed_late_is_followed_by_the_next() {
    let replica = Replica::start().await;
    let mut keys = replica.observer.live(ID).await.unwrap();
    keys.heartbeat("beat 1".into()).await.unwrap();
    replica.proxy.hold("beat 2");
    replica.proxy.refuse();
    keys.heartbeat("beat 2".into()).await.unwrap_err();
    replica.proxy.forward();
    replica.proxy.release();
    assert_eq!(replica.value(HEARTBEAT).await, "beat 2");
    relay(&mut keys, "report").await.unwrap();
    assert_eq!(replica.value(REPORT).await, "report");
    keys.heartbeat("beat 3".into()).await.unwrap();
    assert_eq!(replica.value(HEARTBEAT).await, "beat 3");
}
