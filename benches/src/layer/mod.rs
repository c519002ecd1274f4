//! The layer around services that do nothing, beside what others would put there.
//!
//! In each case all answer the same requests around the same service, so that what one takes beyond [`BARE`] is its own.

mod asked;
mod contenders;
mod run;

pub use contenders::{BARE, OURS, by_hand, contenders, state, swapped};
pub use run::{Contender, Run};
