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
    /// The files with certificates that control shows, and those with CAs that it trusts.
    shown: Vec<PathBuf>,
    trusted: Vec<PathBuf>,
    /// The members of this cluster show theirs.
    cluster: Option<Cluster>,
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
        let identity = cluster.and_then(|cluster| cluster.identity.as_ref());
        let chain = identity.map(|(chain, _)| chain.clone());
        let authority = cluster.and_then(|cluster| cluster.authority.clone());
        Self {
            shown: own.into_iter().chain(chain).collect(),
            trusted: authority.into_iter().collect(),
            cluster: cluster.cloned(),
        }
    }

    /// Keeps `certificates`, and has the log name what ends soon, for as long as control runs.
    pub(crate) async fn watch(&self, certificates: &Certificates) {
        let mut named = BTreeMap::new();
        let mut ask_at = Instant::now();
        loop {
            let shown = self.shown.iter();
            let shown = shown.map(|file| (file, read(file).into_iter().min()));
            // Any of the CAs is enough.
            let trusted = self.trusted.iter();
            let trusted = trusted.map(|file| (file, read(file).into_iter().max()));
            for (file, ends) in shown.chain(trusted) {
                if let Some(ends) = ends {
                    certificates.set(&file.display().to_string(), ends);
                }
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
        let Some(cluster) = &self.cluster else {
            return;
        };
        let Ok(connector) = Connector::new(cluster) else {
            return;
        };
        let urls = cluster.members.iter().map(MemberUrl::as_str);
        for url in urls.filter(|url| url.starts_with("https:")) {
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
