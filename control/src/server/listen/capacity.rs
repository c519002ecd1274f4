use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tracing::warn;

/// Files that are kept for the store, its log, the certificate and the like.
const RESERVE: usize = 256;
/// More connections than this are of no use to a fleet that one control serves.
const MOST: usize = 100_000;
/// One of so many connections may be unproven, but not fewer than some or more than most: enough to keep a client with a token
/// from being closed before its first request has come.
const UNPROVEN: usize = 16;
const SOME_UNPROVEN: usize = 1024;
const MOST_UNPROVEN: usize = 4096;
/// One of so many connections with a valid token holds no poll, but not fewer than some: operators, programs that read metrics,
/// and nodes between two polls.
const FREE: usize = 64;
const SOME_FREE: usize = 64;
/// Places that stay free while connections that have to close are closing.
const CLOSING: usize = 16;

/// How much there may be at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Capacity {
    /// Connections.
    pub(crate) connections: usize,
    /// Those of them that have shown no valid token.
    pub(crate) unproven: usize,
    /// Polls that are held, so that other requests with a token find a place.
    pub(crate) polls: usize,
}

impl Capacity {
    /// Raises the limit of open files as far as this process may, and shares it out.
    pub(crate) fn of_this_process() -> Self {
        let files = raise().unwrap_or_else(|error| {
            warn!(%error, "the limit of open files cannot be raised; raise it where control is started");
            getrlimit(Resource::Nofile)
        });
        let files = files.current.and_then(|files| files.try_into().ok());
        Self::within(files.unwrap_or(usize::MAX))
    }

    /// What so many open files allow.
    pub(crate) fn within(files: usize) -> Self {
        let reserve = RESERVE.min(files / 2);
        let connections = (files - reserve).min(MOST);
        let some = (connections / 4).clamp(1, SOME_UNPROVEN);
        let unproven = (connections / UNPROVEN).clamp(some, MOST_UNPROVEN);
        let proven = connections.saturating_sub(unproven + CLOSING);
        let free = (proven / FREE).max(SOME_FREE.min(proven.div_ceil(10)));
        Self {
            connections,
            unproven,
            polls: proven - free,
        }
    }

    /// Connections that have shown a valid token.
    pub(crate) fn proven(self) -> usize {
        self.connections.saturating_sub(self.unproven + CLOSING)
    }
}

/// Raises the soft limit to the hard one.
fn raise() -> io::Result<Rlimit> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, raised)?;
    Ok(raised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_open_files_is_shared_out() {
        for (files, connections, unproven, proven, polls) in [
            (usize::MAX, 100_000, 4096, 95_888, 94_390),
            (1 << 20, 100_000, 4096, 95_888, 94_390),
            (20_000, 19_744, 1234, 18_494, 18_206),
            (4096, 3840, 960, 2864, 2800),
            (1024, 768, 192, 560, 504),
            (256, 128, 32, 80, 72),
        ] {
            let capacity = Capacity::within(files);
            let expected = Capacity {
                connections,
                unproven,
                polls,
            };
            assert_eq!(capacity, expected, "{files}");
            assert_eq!(capacity.proven(), proven, "{files}");
        }
    }

    #[test]
    fn all_places_together_fit_into_the_limit() {
        for files in (64..5000).chain([usize::MAX]) {
            let capacity = Capacity::within(files);
            assert!(capacity.unproven + capacity.proven() < capacity.connections);
            assert!(capacity.connections < files && capacity.polls <= capacity.proven());
        }
    }
}
