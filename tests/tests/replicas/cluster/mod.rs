//! Control in three replicas over etcd in three members, each on a machine of its own, with TLS between all of them.

mod authority;
mod cluster;
mod etcd;
mod replica;

pub(crate) use authority::Authority;
pub(crate) use cluster::{Asked, COUNT, Cluster, Logs, json};
use etcd::Member;
use replica::Replica;
