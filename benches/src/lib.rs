//! What the benches share.

pub mod addresses;
mod random;

pub use random::Random;
