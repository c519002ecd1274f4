//! Several replicas of control over one store, which each of them reaches by calls that may be late, lost or without an answer.
//!
//! The store is a log of batches with versions, as `store/etcd/` keeps it, and what replicas put under leases. A replica follows
//! the log and what others relay by a watch of its own. [`Memory`](crate::registry::memory::Memory), with its peers and its
//! relay, is the real one; the loops around it stand for `server/replica/` and `Registry::commit`.

mod call;
mod checks;
mod cluster;
mod lease;
mod live;
mod news;
mod outages;
mod proof;
mod replica;

pub(super) use self::call::Call;
pub(super) use self::cluster::Cluster;
pub(super) use self::proof::Request;
pub(super) use self::replica::{Act, Reason, Replica};
