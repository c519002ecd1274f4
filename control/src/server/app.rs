use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};

use crate::registry::Registry;
use crate::server::certificates::Certificates;
use crate::server::host_names::HostNames;
use crate::server::http::long_poll::LongPolls;
use crate::server::http::patience::Patience;
use crate::server::http::problem::Problem;
use crate::server::listen::{Capacity, Connections};
use crate::server::log_limiter::LogLimiter;
use crate::server::metrics::Metrics;
use crate::server::replica::Replica;
use crate::store::Usage;

/// Refusals of clients without a valid token, as the log has them.
#[derive(Debug)]
pub(crate) struct Refusals {
    pub(crate) foreign: LogLimiter,
    pub(crate) no_token: LogLimiter,
    pub(crate) revoked_token: LogLimiter,
}

impl Refusals {
    fn new() -> Self {
        Self {
            foreign: LogLimiter::new("refused: a foreign host or origin"),
            no_token: LogLimiter::new("refused: no valid token"),
            revoked_token: LogLimiter::new("refused: the token was revoked"),
        }
    }
}

/// What every handler may use.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) registry: Registry,
    /// Where others serve the same store.
    pub(crate) replica: Option<Replica>,
    pub(crate) connections: Connections,
    pub(crate) long_polls: LongPolls,
    pub(crate) metrics: Metrics,
    pub(crate) certificates: Certificates,
    /// How much room the store takes, once that is known.
    pub(crate) usage: watch::Sender<Option<Usage>>,
    pub(crate) names: HostNames,
    pub(crate) refusals: Refusals,
    /// The nodes that come and go at a time: each waits for the disk, and a fleet that starts must not keep
    /// operators from it.
    pub(crate) joining: Arc<Semaphore>,
}

impl App {
    /// How many nodes may wait for the disk at a time.
    const JOINING: usize = 4;
    /// How long a request waits for the proof that it is answered by the newest state. A node waits 2 s for its first
    /// answer.
    const PROVING: Duration = Duration::from_millis(1500);

    /// Serves what `registry` has, until `stop` becomes true.
    pub(crate) fn new(
        registry: Registry,
        replica: Option<Replica>,
        names: HostNames,
        capacity: Capacity,
        stop: watch::Receiver<bool>,
    ) -> prometheus::Result<Self> {
        Ok(Self {
            registry,
            replica,
            connections: Connections::new(capacity),
            long_polls: LongPolls::new(capacity.polls, stop),
            metrics: Metrics::new()?,
            certificates: Certificates::default(),
            usage: watch::Sender::default(),
            names,
            refusals: Refusals::new(),
            joining: Arc::new(Semaphore::new(Self::JOINING)),
        })
    }

    /// The same for a request that asks to be held: the members of etcd elect another leader in less time.
    const PROVING_HELD: Duration = Duration::from_millis(3500);

    /// Waits until memory has all that was stored before this call, as long as the client has patience; tells whether it has.
    pub(crate) async fn is_proven(&self, patience: Patience) -> bool {
        let limit = match patience {
            Patience::Short => Self::PROVING,
            Patience::Long => Self::PROVING_HELD,
        };
        match &self.replica {
            Some(replica) => replica.is_proven(limit).await,
            None => true,
        }
    }

    /// That it is not proven that memory has the newest state, and why, as far as that is known.
    pub(crate) fn unproven(&self) -> Problem {
        Problem::unproven(self.replica.as_ref().and_then(Replica::fault))
    }

    /// Runs what waits for the disk on a thread that may wait. It runs to its end even if the
    /// client goes away.
    pub(crate) async fn blocking<T: Send + 'static, E: Into<Problem> + Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Registry) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = tokio::task::spawn_blocking(move || work(&self.registry)).await;
        done.map_err(Problem::internal)?.map_err(Into::into)
    }
}
