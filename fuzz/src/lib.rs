//! What the fuzz targets in `targets/` share.
//!
//! A target gets any bytes, and panics where what it tries breaks a promise. `cargo xtask fuzz` builds the targets with
//! coverage, makes their first inputs out of the corpus in `corpus/vectors/`, and runs them.

mod asked;
mod case;
mod forwarded;
mod host;
pub mod oracle;
mod text;
mod weights;

pub use case::{Case, InForce, mutate};
pub use forwarded::{Element, elements};
pub use text::{check_refusal, is_clean, text};
pub use weights::{html_and_json, weighted};
