//! What the benches share.

pub mod layer;
pub mod process;
mod random;
pub mod wrk;

pub use random::Random;
