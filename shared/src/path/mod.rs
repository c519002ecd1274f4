//! The paths of documents and requests, and their comparison.

mod clear;
mod entry;
mod plain;
mod read_path;
mod target;
mod trie;

pub(crate) use clear::{is_clear, is_covered};
#[cfg(any(test, feature = "naive"))]
pub(crate) use clear::{is_trailing, significant};
pub use entry::{ExemptPath, PathPrefix, ProbePath};
pub(crate) use plain::is_plain;
pub use read_path::ReadPath;
pub(crate) use read_path::segments;
pub(crate) use target::Target;
pub(crate) use trie::{Covering, Place, Trie};
