//! What the benches share.

mod random;

pub use random::Random;
