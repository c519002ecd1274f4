//! Sets of addresses to ask, keys to ask for, and everyone who can answer.

mod contender;
mod contenders;
mod input;
#[cfg(feature = "contenders")]
mod peers;
mod ranges;

pub use contender::{Built, Contender};
pub use contenders::CONTENDERS;
pub use input::{Family, Input};
