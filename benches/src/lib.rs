//! What the benches share.

pub mod addresses;
mod area;
pub mod control;
pub mod full_store;
pub mod hot;
pub mod layer;
pub mod pairs;
pub mod process;
pub mod proxies;
mod random;
pub mod replicas;
pub mod report;
mod request;
pub mod wrk;

pub use area::{CALL, PAGE, api_paths};
pub use random::Random;
pub use request::Request;
