use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};
use tracing::{error, warn};

use crate::server::certificates::ends;
use crate::server::certificates::member::Connector;
use crate::store::{Cluster, MemberUrl};

/// The pause between two looks at a file.
const LOOK: Duration = Duration::from_secs(10);
/// The pause between two looks at the certificates of the members of etcd.
const ASK: Duration = Duration::from_secs(60 * 60);
/// From how long before its end a certificate is named in the log, and how often.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
const AGAIN: Duration = Duration::from_secs(24 * 60 * 60);

/// When certificates end, by file or URL.
#[derive(Debug, Default)]
pub(crate) struct Certificates(Mutex<BTreeMap<String, Timestamp>>);

/// The certificates whose ends are known.
pub(crate) struct Watched {
    /// The file of control's own, which is read again when it changes.
    own: Option<PathBuf>,
    /// Those that were read at the start.
    read: Vec<(String, Timestamp)>,
    members: Vec<String>,
    connector: Option<Connector>,
}

impl Certificates {
    /// All of them, by file or URL.
    pub(crate) fn all(&self) -> BTreeMap<String, Timestamp> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set(&self, name: &str, ends: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(name.to_owned(), ends);
    }
}

impl Watched {
    /// Control's own certificate in this file, and those that a connection to this cluster needs.
    pub(crate) fn new(own: Option<PathBuf>, cluster: Option<&Cluster>) -> Self {
        let mut watched = Self {
            own,
            read: Vec::new(),
            members: Vec::new(),
            connector: None,
        };
        let Some(cluster) = cluster else {
            return watched;
        };
        // Where a file cannot be read, the store cannot be opened.
        if let Some((chain, _)) = &cluster.identity {
            let first = read(chain).into_iter().min();
            watched.read.extend(first.map(|ends| (name(chain), ends)));
        }
        if let Some(authority) = &cluster.authority {
            let last = read(authority).into_iter().max();
            watched
                .read
                .extend(last.map(|ends| (name(authority), ends)));
        }
        let urls = cluster.members.iter().map(MemberUrl::as_str);
        let encrypted = urls.filter(|url| url.starts_with("https:"));
        watched.members = encrypted.map(str::to_owned).collect();
        if !watched.members.is_empty() {
            watched.connector = Connector::new(cluster).ok();
        }
        watched
    }

    /// Keeps `certificates`, and has the log name what ends soon, for as long as control runs.
    pub(crate) async fn watch(&self, certificates: &Certificates) {
        let mut named = BTreeMap::new();
        for (name, ends) in &self.read {
            certificates.set(name, *ends);
        }
        let mut ask_at = Instant::now();
        loop {
            if let Some(own) = &self.own
                && let Some(ends) = read(own).into_iter().min()
            {
                certificates.set(&name(own), ends);
            }
            if Instant::now() >= ask_at {
                ask_at = Instant::now() + ASK;
                self.ask_members(certificates).await;
            }
            for (name, ends) in certificates.all() {
                note(&mut named, name, ends);
            }
            sleep(LOOK).await;
        }
    }

    async fn ask_members(&self, certificates: &Certificates) {
        let Some(connector) = &self.connector else {
            return;
        };
        for url in &self.members {
            if let Some(ends) = connector.ends(url).await {
                certificates.set(url, ends);
            }
        }
    }
}

/// Names a certificate that ends soon in the log, once a day.
fn note(named: &mut BTreeMap<String, Instant>, certificate: String, ends: Timestamp) {
    let left = ends.duration_since(Timestamp::now());
    if left > SOON {
        named.remove(&certificate);
        return;
    }
    if named
        .get(&certificate)
        .is_some_and(|at| at.elapsed() < AGAIN)
    {
        return;
    }
    if left.is_positive() {
        let days = left.as_hours() / 24;
        warn!(certificate, %ends, days, "a certificate ends soon; replace it");
    } else {
        error!(certificate, %ends, "a certificate has ended; replace it");
    }
    named.insert(certificate, Instant::now());
}

fn read(file: &Path) -> Vec<Timestamp> {
    std::fs::read(file).map_or_else(|_| Vec::new(), |pem| ends::of_pem(&pem))
}

fn name(file: &Path) -> String {
    file.display().to_string()
}
