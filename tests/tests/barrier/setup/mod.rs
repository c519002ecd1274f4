//! What a wait is tried with: control, nodes, an application, clients, and a way that can be cut.

mod control;
mod edge;
mod node;
mod proxy;
mod shop;

pub(crate) use intermission_tests::strangers::{Client, TESTER, Witness, app};

pub(crate) use control::{Control, Setting};
pub(crate) use edge::EdgeNode;
pub(crate) use node::Node;
pub(crate) use proxy::{Proxy, Way};
pub(crate) use shop::Shop;
