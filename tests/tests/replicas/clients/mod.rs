//! Who asks: nodes that poll, strangers at the nodes, clients that change and read the states, and operators.

mod node;
mod operator;
mod prober;
mod traffic;

pub(crate) use node::Node;
pub(crate) use operator::{Ended, Operator};
pub(crate) use prober::Probers;
pub(crate) use traffic::Traffic;
