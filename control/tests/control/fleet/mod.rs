//! Polls of nodes, and waits for them.

mod dead;
mod members;
pub(crate) mod node;
mod polls;
mod standing;
mod superseded;
mod unstored;
mod waits;
