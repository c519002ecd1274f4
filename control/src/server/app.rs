use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

use crate::registry::{ChangeError, Keeper};
use crate::server::host_names::Names;
use crate::server::http::long_poll::Hold;
use crate::server::http::problem::Problem;
use crate::server::listen::{Capacity, Connections};
use crate::server::log_limiter::Sparing;
use crate::server::metrics::Metrics;

/// Refusals of clients without a valid token, as the log has them.
#[derive(Debug)]
pub(crate) struct Refusals {
    pub(crate) foreign: Sparing,
    pub(crate) no_token: Sparing,
    pub(crate) revoked_token: Sparing,
}

impl Refusals {
    fn new() -> Self {
        Self {
            foreign: Sparing::new("refused: a foreign host or origin"),
            no_token: Sparing::new("refused: no valid token"),
            revoked_token: Sparing::new("refused: the token was revoked"),
        }
    }
}

/// What every handler may use.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) keeper: Keeper,
    pub(crate) connections: Connections,
    pub(crate) hold: Hold,
    pub(crate) metrics: Metrics,
    pub(crate) names: Names,
    pub(crate) refusals: Refusals,
    /// The nodes that come and go at a time: each waits for the disk, and a fleet that starts must not keep
    /// operators from it.
    pub(crate) joining: Arc<Semaphore>,
}

impl App {
    /// How many nodes may wait for the disk at a time.
    const JOINING: usize = 4;

    /// Serves what `keeper` has, until `stop` becomes true.
    pub(crate) fn new(
        keeper: Keeper,
        names: Names,
        capacity: Capacity,
        stop: watch::Receiver<bool>,
    ) -> prometheus::Result<Self> {
        Ok(Self {
            keeper,
            connections: Connections::new(capacity),
            hold: Hold::new(capacity.polls, stop),
            metrics: Metrics::new()?,
            names,
            refusals: Refusals::new(),
            joining: Arc::new(Semaphore::new(Self::JOINING)),
        })
    }

    /// Runs what waits for the disk on a thread that may wait. It runs to its end even if the
    /// client goes away.
    pub(crate) async fn keep<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Keeper) -> Result<T, ChangeError> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = tokio::task::spawn_blocking(move || work(&self.keeper)).await;
        done.map_err(Problem::internal)?.map_err(Problem::from)
    }
}
