//! The decision about a request, and what of it lasts when the state changes.

mod area;
mod beginnings;
mod decide;
mod decision;
mod drain;
mod exempt;
mod hosts;
#[cfg(any(test, feature = "naive"))]
#[doc(hidden)]
pub mod naive;
mod passes;
mod policy;
mod probers;
mod reads;
mod succession;
mod verdict;

pub use decision::{Decision, Lasting};
pub use policy::Policy;
pub use verdict::{Reason, Verdict};
