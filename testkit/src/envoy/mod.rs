//! A real Envoy with the filter.

pub mod config;
mod edge;
mod installed;
mod native;
mod process;

pub use edge::{Control, Edge};
pub use installed::{Module, Version};
pub use native::Native;
pub use process::{Counts, Envoy, ask_admin};
