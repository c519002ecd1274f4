//! Sets of addresses to ask, keys to ask for, and everyone who can answer.

mod contender;
mod input;
#[cfg(feature = "contenders")]
mod peers;
mod ranges;

pub use contender::{Built, CONTENDERS, Contender};
pub use input::{Family, Input};
