//! What control and the command send each other.

pub(crate) mod allowlist;
pub(crate) mod barrier;
pub(crate) mod difference;
pub(crate) mod fleet;
pub(crate) mod forgotten;
pub(crate) mod history;
pub(crate) mod lists;
pub(crate) mod node;
pub(crate) mod probes;
pub(crate) mod removed;
pub(crate) mod replica;
pub(crate) mod stamp;
pub(crate) mod summary;
pub(crate) mod timer;
pub(crate) mod wait;
