//! Three replicas of control over three members of etcd, each on a machine of its own: network namespaces whose processes are
//! killed and stopped and whose packets are dropped, while nodes serve strangers and operators wait.
//!
//! What clients saw of the states is judged by a checker that knows nothing of control.
#![cfg(test)]

mod checker;
mod clients;
mod cluster;
mod faults;
mod network;
mod rounds;
mod tally;
