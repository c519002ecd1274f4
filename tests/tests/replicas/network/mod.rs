//! Machines: network namespaces on a bridge that only the test sees.

mod machine;
mod secluded;

pub(crate) use machine::{HUB, Machine, Way};
pub(crate) use secluded::secluded;
