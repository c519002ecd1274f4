use std::fmt;

use crate::store::error::StoreError;
use crate::store::etcd::log::LEVEL;
use crate::values::version::Version;

/// What is wrong with the store, where etcd answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EtcdFault {
    /// Another cluster answers than the one that the store was opened in.
    OtherCluster { found: u64, known: u64 },
    /// The store has an older version than this replica has seen.
    GoneBack { found: Version, known: Version },
    /// There is no version.
    Gone,
    /// A later program has stored facts that this one does not know.
    UnknownLevel { level: u32 },
    /// There is no room for more, as etcd says.
    Full { message: String },
}

impl EtcdFault {
    /// The fault that an error is due to; none where etcd does not answer, for one.
    pub(crate) fn of(error: &StoreError) -> Option<&Self> {
        match error {
            StoreError::Unchanged(error)
            | StoreError::Unsure(error)
            | StoreError::Unanswered(error) => error.downcast_ref(),
        }
    }
}

impl fmt::Display for EtcdFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherCluster { found, known } => write!(
                f,
                "another cluster of etcd answers: it has the id {found:x}, and the one with the store has {known:x}. Correct \
                 --etcd, or the names in it. If the cluster was restored from a snapshot, stop all replicas, start one, and \
                 make its history the one that counts: intermission store adopt"
            ),
            Self::GoneBack { found, known } => write!(
                f,
                "etcd has gone back: it has version {} of the store, and had {}; it was restored from a snapshot. Stop all \
                 replicas, start one, and make its history the one that counts: intermission store adopt",
                found.0, known.0
            ),
            Self::Gone => f.write_str(
                "the version of the store is gone from etcd; restore it from a snapshot",
            ),
            Self::UnknownLevel { level } => write!(
                f,
                "the store has facts of level {level}, and this program knows level {LEVEL}; upgrade intermission"
            ),
            Self::Full { message } => write!(
                f,
                "etcd is full ({message}); states are served, and no change is taken. Compact and defragment it or raise its \
                 --quota-backend-bytes, then etcdctl alarm disarm"
            ),
        }
    }
}

impl std::error::Error for EtcdFault {}
