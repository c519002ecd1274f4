use alloc::vec::Vec;

use serde::Serialize;

use crate::address::Cidr;
use crate::path::{ExemptPath, ProbePath};

/// What stays open in maintenance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exempt {
    /// Paths that stay open to everyone.
    pub paths: Vec<ExemptPath>,
    /// Paths that stay open to the health checks of balancers.
    pub probers: Vec<Prober>,
}

/// Paths that stay open to those who ask from a block of addresses themselves, and in no other client's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Prober {
    /// The block.
    pub cidr: Cidr,
    /// The paths, each for itself only.
    pub paths: Vec<ProbePath>,
}

/// What a document means that does not say what is exempt: health checks, crawlers' rules and certificate renewal. It stays
/// as it is, or documents would change their meaning with the version of their reader.
const UNNAMED: [&str; 6] = [
    "/healthz",
    "/livez",
    "/readyz",
    "/robots.txt",
    "/.well-known/acme-challenge/",
    "/grpc.health.v1.Health/",
];

/// What a new service has beside that: the health checks of most frameworks.
const USUAL: [&str; 5] = [
    "/health",
    "/healthcheck",
    "/health_check",
    "/actuator/health",
    "/actuator/health/",
];

impl Exempt {
    /// What stays open in a new service.
    #[must_use]
    pub fn usual() -> Self {
        Self::of(USUAL.into_iter().chain(UNNAMED))
    }

    fn of(paths: impl Iterator<Item = &'static str>) -> Self {
        Self {
            paths: paths.filter_map(|path| path.parse().ok()).collect(),
            probers: Vec::new(),
        }
    }
}

/// What a document means that does not say.
impl Default for Exempt {
    fn default() -> Self {
        Self::of(UNNAMED.into_iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_that_is_built_in_is_refused() {
        assert_eq!(Exempt::default().paths.len(), UNNAMED.len());
        assert_eq!(Exempt::usual().paths.len(), UNNAMED.len() + USUAL.len());
    }
}
