//! Paths: as a document lists them, as a request has them, and how the two are compared.

mod clear;
mod entry;
mod plain;
mod target;
mod trie;

pub(crate) use clear::{is_clear, is_covered};
#[cfg(any(test, feature = "naive"))]
pub(crate) use clear::{is_trailing, significant};
pub use entry::{ExemptPath, PathPrefix, ProbePath};
pub(crate) use target::Target;
pub(crate) use trie::{Covering, Place, Trie};
