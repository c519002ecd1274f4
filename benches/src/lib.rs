//! What the benches share.

pub mod connection;
pub mod control;
pub mod endpoint;
pub mod layer;
pub mod pairs;
pub mod process;
pub mod proxies;
mod random;
pub mod report;
pub mod wrk;

pub use random::Random;
