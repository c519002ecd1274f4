use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{RwLock, RwLockWriteGuard};
use tokio::task::JoinHandle;

use crate::checker::{Deed, End, Log};
use crate::cluster::{Asked, COUNT, Cluster, json};

/// Clients that change and read the state of one service at all replicas, and what they saw.
pub(crate) struct Traffic {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

struct Shared {
    cluster: Arc<Cluster>,
    service: &'static str,
    log: Arc<Log>,
    marks: AtomicU64,
    stop: AtomicBool,
    /// Held by each operation, so that a round can end without any.
    rest: RwLock<()>,
}

/// How often a client asks again whether its change is made: at each replica twice.
const TRIES: usize = 2 * COUNT;

impl Traffic {
    /// Starts so many clients of each kind, each of which pauses for so long at most.
    pub(crate) fn start(
        cluster: &Arc<Cluster>,
        service: &'static str,
        clients: usize,
        pause: Duration,
    ) -> Self {
        let shared = Arc::new(Shared {
            cluster: Arc::clone(cluster),
            service,
            log: Arc::new(Log::new()),
            marks: AtomicU64::new(0),
            stop: AtomicBool::new(false),
            rest: RwLock::new(()),
        });
        let tasks = (0..3 * clients)
            .map(|number| tokio::spawn(Arc::clone(&shared).repeat(number % 3, pause)))
            .collect();
        Self { shared, tasks }
    }

    pub(crate) fn log(&self) -> &Arc<Log> {
        &self.shared.log
    }

    /// Lets no operation begin, and waits until none runs.
    pub(crate) async fn rest(&self) -> RwLockWriteGuard<'_, ()> {
        self.shared.rest.write().await
    }

    pub(crate) async fn stop(self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

impl Shared {
    async fn repeat(self: Arc<Self>, kind: usize, pause: Duration) {
        while !self.stop.load(Ordering::SeqCst) {
            let turn = self.rest.read().await;
            match kind {
                0 => self.announce().await,
                1 => self.patch().await,
                _ => drop(self.read(fastrand::usize(..COUNT)).await),
            }
            drop(turn);
            tokio::time::sleep(pause.mul_f32(fastrand::f32())).await;
        }
    }

    fn mark(&self) -> String {
        let number = self.marks.fetch_add(1, Ordering::Relaxed);
        format!("{}-{number}", self.service)
    }

    fn path(&self, what: &str) -> String {
        format!("/v1/services/{}/{what}", self.service)
    }

    /// Changes the title, and asks another replica where one gives no answer.
    async fn announce(&self) {
        let mark = self.mark();
        let (path, headers) = (
            self.path("notice"),
            [
                ("content-type", "application/json"),
                ("idempotency-key", &*mark),
            ],
        );
        let body = json!({ "notice": { "title": mark }, "reason": mark }).to_string();
        let began = self.log.now();
        let mut end = End::Doubtful;
        let first = fastrand::usize(..COUNT);
        for place in (0..TRIES).map(|try_| (first + try_) % COUNT) {
            let asked = Asked {
                method: "POST",
                headers: &headers,
                body: &body,
                ..Asked::get(&path)
            };
            let Ok(answer) = self.cluster.ask(place, asked).await else {
                continue;
            };
            match answer.status {
                200 => {
                    let revision = json(&answer)["revision"].as_u64().unwrap();
                    end = End::Changed { revision };
                    break;
                }
                500..600 => {}
                status => panic!("{status}: {}", json(&answer)),
            }
        }
        self.log.keep(Deed::Change { mark, at: None }, began, end);
    }

    /// Changes the title at the revision that a read has seen, at another replica.
    async fn patch(&self) {
        let place = fastrand::usize(..COUNT);
        let Some((at, tag)) = self.read(place).await else {
            return;
        };
        let mark = self.mark();
        let body = json!({ "notice": { "title": mark } }).to_string();
        let began = self.log.now();
        let (path, headers) = (
            self.path("state"),
            [
                ("content-type", "application/merge-patch+json"),
                ("if-match", &*tag),
            ],
        );
        let asked = Asked {
            method: "PATCH",
            headers: &headers,
            body: &body,
            ..Asked::get(&path)
        };
        let other = (place + fastrand::usize(1..COUNT)) % COUNT;
        let end = match self.cluster.ask(other, asked).await {
            Ok(answer) if answer.status == 200 => End::Changed {
                revision: json(&answer)["revision"].as_u64().unwrap(),
            },
            Ok(answer) if answer.status == 412 => End::Refused,
            Ok(answer) if answer.status < 500 => panic!("{}: {}", answer.status, json(&answer)),
            Ok(_) | Err(_) => End::Doubtful,
        };
        let deed = Deed::Change { mark, at: Some(at) };
        self.log.keep(deed, began, end);
    }

    /// Reads the state, and gives its revision and its tag.
    async fn read(&self, place: usize) -> Option<(u64, String)> {
        let began = self.log.now();
        let path = self.path("state");
        let answer = self.cluster.ask(place, Asked::get(&path)).await.ok()?;
        if answer.status != 200 {
            assert_eq!(answer.status, 503, "{}", json(&answer));
            return None;
        }
        let state = json(&answer);
        let revision = state["revision"].as_u64().unwrap();
        let title = state["notice"]["title"].as_str().map(str::to_owned);
        self.log
            .keep(Deed::Read, began, End::Seen { revision, title });
        let tag = answer.header("etag").unwrap().to_vec();
        Some((revision, String::from_utf8(tag).unwrap()))
    }
}
