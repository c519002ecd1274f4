use alloc::vec::Vec;

use serde::Serialize;

use crate::path::PathPrefix;
use crate::request::HostPattern;

/// A part of a service, by host and path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Area {
    /// The hosts of the area.
    pub hosts: Vec<HostPattern>,
    /// The paths of the area.
    pub paths: Vec<PathPrefix>,
}

impl Area {
    /// The API of a document that names none: `/api`.
    pub(crate) fn default_api() -> Self {
        Self {
            hosts: Vec::new(),
            paths: "/api".parse().into_iter().collect(),
        }
    }
}
