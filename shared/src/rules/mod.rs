//! The decision about a request, and what of it lasts when the state changes.

mod area;
mod beginnings;
mod decide;
mod decision;
mod drain;
mod exempt;
#[cfg(any(test, feature = "naive"))]
#[doc(hidden)]
pub mod naive;
mod policy;
mod probers;
mod succession;
mod verdict;

pub use decision::{Decision, Lasting};
pub use policy::Policy;
pub use verdict::{Reason, Verdict};
