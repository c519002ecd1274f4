//! The decision about a request, and what of it lasts when the state changes.

mod decide;
mod decision;
mod drain;
mod lists;
#[cfg(any(test, feature = "naive"))]
#[doc(hidden)]
pub mod naive;
mod own;
mod policy;
mod succession;
mod verdict;

pub use decision::{Decision, Lasting};
pub use policy::Policy;
pub use verdict::{Reason, Verdict};
