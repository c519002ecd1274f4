//! Several controls that serve one store in etcd.

mod away;
mod certificates;
mod encrypted;
mod ends;
mod faults;
mod full;
mod one_store;
mod removed;
mod replicas;
mod unstored;
mod waits;
