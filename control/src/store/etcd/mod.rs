//! The store in a cluster of etcd, which any number of equal replicas of control serve.
//!
//! 1. The store has one version. A batch is stored by a transaction that compares it, so that nothing is stored that was
//!    decided on what is not true any more.
//! 2. Each batch has a place in the log, without its documents, which the other replicas follow. Its nonce tells an attempt
//!    whose answer was lost whether it had succeeded.
//! 3. A document is stored before, or together with, the first value that names its digest.
//! 4. Members of the cluster are asked one after the other, with short time limits: etcd forwards to a leader that has died
//!    until the next is elected.
//! 5. Each transaction under the lease of a replica compares the revision of its last heartbeat, so that one that etcd executes
//!    after its time limit has no effect.

mod check;
mod client;
mod cluster;
mod failure;
mod fault;
mod follow;
mod history;
mod keys;
mod load;
mod log;
mod proto;
mod reader;
mod replica;
mod request;
mod store;
mod writes;

pub(crate) use self::cluster::{Cluster, MemberUrl};
pub(crate) use self::fault::EtcdFault;
pub(crate) use self::log::LEVEL;
pub(crate) use self::replica::{Lease, LiveKeys, News, Observer};
pub(crate) use self::store::Etcd;
