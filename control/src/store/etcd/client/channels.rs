use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tonic::transport::{Channel, Endpoint};

use crate::store::error::OpenError;
use crate::store::etcd::cluster::{Cluster, Files, MemberUrl};
use crate::store::etcd::failure::causes;

/// Connections to the members of a cluster, with the certificates that the files of the cluster have.
#[derive(Debug)]
pub(super) struct Channels {
    cluster: Cluster,
    made: RwLock<Made>,
}

#[derive(Debug)]
struct Made {
    files: Files,
    members: Arc<[(String, Channel)]>,
}

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_millis(500);
/// How long a connection may be silent, and how long the answer to the question whether it lives may take.
const SILENCE: Duration = Duration::from_secs(1);

impl Channels {
    /// Connects to no member yet.
    pub(super) fn new(cluster: &Cluster) -> Result<Self, OpenError> {
        let files = cluster.read()?;
        Ok(Self {
            made: RwLock::new(Made {
                members: connect(cluster, &files)?,
                files,
            }),
            cluster: cluster.clone(),
        })
    }

    /// The members by URL, each with its connection.
    pub(super) fn members(&self) -> Arc<[(String, Channel)]> {
        let made = self.made.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&made.members)
    }

    /// Connects anew if the files have changed; tells whether they have. What runs over the connections before goes on.
    ///
    /// # Errors
    ///
    /// Where the files cannot be used.
    pub(super) fn renew(&self) -> Result<bool, OpenError> {
        let files = self.cluster.read()?;
        let is_same = self.made.read().is_ok_and(|made| made.files == files);
        if is_same {
            return Ok(false);
        }
        let members = connect(&self.cluster, &files)?;
        *self.made.write().unwrap_or_else(PoisonError::into_inner) = Made { files, members };
        Ok(true)
    }
}

fn connect(cluster: &Cluster, files: &Files) -> Result<Arc<[(String, Channel)]>, OpenError> {
    let members = cluster.members.iter().map(|MemberUrl(url)| {
        let invalid =
            |error: tonic::transport::Error| OpenError::Etcd(format!("{url}: {}", causes(&error)));
        let mut endpoint = Endpoint::from_shared(url.clone())
            .map_err(invalid)?
            .connect_timeout(CONNECTING)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(SILENCE)
            .keep_alive_timeout(SILENCE)
            .keep_alive_while_idle(true);
        if url.starts_with("https:") {
            endpoint = endpoint.tls_config(files.tls(url)?).map_err(invalid)?;
        }
        Ok((url.clone(), endpoint.connect_lazy()))
    });
    members.collect()
}
