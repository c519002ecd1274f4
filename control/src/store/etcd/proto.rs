//! The messages of `proto/etcd.proto`.
#![allow(
    clippy::all,
    clippy::pedantic,
    clippy::restriction,
    clippy::nursery,
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    reason = "generated"
)]

tonic::include_proto!("etcdserverpb");
