//! Controls that serve one store, and crowds of nodes that poll them.

mod crowd;
mod node;
mod served;

pub use self::crowd::Crowd;
pub use self::node::{Node, Tally};
pub use self::served::Served;
