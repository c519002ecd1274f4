//! What the benches share.

mod area;
pub mod hot;
mod random;
mod request;

pub use area::{CALL, PAGE, api_paths};
pub use random::Random;
pub use request::Request;
