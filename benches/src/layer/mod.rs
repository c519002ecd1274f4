//! The layer around services that do nothing, beside what others would put there.
//!
//! Each contender answers the same requests around the same service, so that what is over [`BARE`] is its own.

mod asked;
mod contenders;
mod run;

pub use contenders::{BARE, by_hand, contenders, state, swapped};
pub use run::{Contender, Run};
