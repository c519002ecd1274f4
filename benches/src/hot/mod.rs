//! The functions that run in every request, whose costs are counted.
//!
//! To have another one counted, put it into [`all`] and run `cargo xtask counts --accept`.

mod core;
mod function;
mod layer;
mod passes;

pub use function::{Hot, Run};

/// Those of the core.
#[must_use]
pub fn core() -> Vec<Hot> {
    [&core::ALL[..], &passes::ALL].concat()
}

/// All of them.
#[must_use]
pub fn all() -> Vec<Hot> {
    [&core(), &layer::ALL[..]].concat()
}
