use alloc::vec::Vec;

use serde::Serialize;

use crate::path::ReadPath;

/// The requests that only read though their method does not say so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reads {
    /// Paths on which POST, QUERY, SEARCH, REPORT and PROPFIND only read, so that the mode `writes` admits them.
    pub paths: Vec<ReadPath>,
}

impl Reads {
    /// Whether nothing is listed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }
}
