use alloc::vec::Vec;

use serde::Serialize;

use crate::address::Cidr;
use crate::path::{ExemptPath, ProbePath};
use crate::request::HostPattern;

/// The requests that stay open during maintenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Exempt {
    /// Paths that stay open to every client.
    pub paths: Vec<ExemptPath>,
    /// Hosts that stay open to every client.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<HostPattern>,
    /// Paths that stay open to the health checks of balancers.
    pub probers: Vec<Prober>,
}

/// Paths that stay open to requests whose peer is in a block of addresses and that name no other client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct Prober {
    /// The block.
    pub cidr: Cidr,
    /// The paths; each stands for itself alone.
    pub paths: Vec<ProbePath>,
}

impl Prober {
    /// The paths that stay open to a block.
    #[must_use]
    pub fn new(cidr: Cidr, paths: Vec<ProbePath>) -> Self {
        Self { cidr, paths }
    }
}

/// The exempt paths of a document that names none: health checks, crawlers' rules and certificate renewal. The list never
/// changes, because documents would then change their meaning with the version of their reader.
const DOCUMENT_DEFAULT: [&str; 6] = [
    "/healthz",
    "/livez",
    "/readyz",
    "/robots.txt",
    "/.well-known/acme-challenge/",
    "/grpc.health.v1.Health/",
];

/// The further exempt paths of a new service: the health checks of most frameworks.
const NEW_SERVICE: [&str; 5] = [
    "/health",
    "/healthcheck",
    "/health_check",
    "/actuator/health",
    "/actuator/health/",
];

impl Exempt {
    /// The exemptions of a new service.
    #[must_use]
    pub fn usual() -> Self {
        Self::of(NEW_SERVICE.into_iter().chain(DOCUMENT_DEFAULT))
    }

    fn of(paths: impl Iterator<Item = &'static str>) -> Self {
        Self {
            paths: paths.filter_map(|path| path.parse().ok()).collect(),
            hosts: Vec::new(),
            probers: Vec::new(),
        }
    }
}

/// The exemptions of a document that names none.
impl Default for Exempt {
    fn default() -> Self {
        Self::of(DOCUMENT_DEFAULT.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_path_is_valid() {
        let (default, usual) = (Exempt::default(), Exempt::usual());
        assert_eq!(default.paths.len(), DOCUMENT_DEFAULT.len());
        assert_eq!(
            usual.paths.len(),
            DOCUMENT_DEFAULT.len() + NEW_SERVICE.len()
        );
    }
}
