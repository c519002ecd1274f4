use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;
use tracing::error;

use crate::registry::{ChangeError, Keeper};
use crate::server::gate::host_names::Names;
use crate::server::gate::pass::pass;
use crate::server::handlers::metrics::Metrics;
use crate::server::handlers::{
    changes, edits, fleet, health, history, metrics, nodes, openapi, services, state, tokens,
};
use crate::server::http::long_poll::Hold;
use crate::server::http::problem::Problem;
use crate::server::listen::{Capacity, Connections};
use crate::server::log_limiter::Sparing;

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

/// How long the end of a wait may take to be stored before the command learns of it all the same.
const STORING: Duration = Duration::from_secs(2);
/// When members that could not be forgotten are tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// Ends waits and forgets members by an operator's standing word, for as long as control runs.
pub(crate) async fn wait_for_nodes(app: Arc<App>, forget_lost_after: Option<Duration>) {
    // A disk that hangs holds up one thread, and not another one with each try.
    let storing = Arc::new(Semaphore::new(1));
    let mut forget_at = Instant::now();
    loop {
        app.keeper.fleet().stirred().await;
        let ended = app.keeper.fleet().judge();
        if !ended.is_empty() {
            let ends = ended.clone();
            let stored = keep_in_turn(&app, &storing, move |keeper| keeper.end_barriers(ends));
            if tokio::time::timeout(STORING, stored).await.is_err() {
                for progress in ended {
                    error!(
                        barrier = progress.id,
                        "the end of a wait is not stored yet: the disk hangs"
                    );
                    app.keeper.fleet().tell_unkept(progress);
                }
            }
        }
        if Instant::now() >= forget_at {
            let expired = app.keeper.fleet().expired(forget_lost_after);
            if !expired.is_empty() {
                forget_at = Instant::now() + AGAIN;
                let forgotten =
                    keep_in_turn(&app, &storing, |keeper| keeper.forget_expired(expired));
                let _ = tokio::time::timeout(STORING, forgotten).await;
            }
        }
    }
}

async fn keep_in_turn(
    app: &Arc<App>,
    storing: &Arc<Semaphore>,
    work: impl FnOnce(&Keeper) + Send + 'static,
) {
    // The semaphore is never closed.
    let turn = Arc::clone(storing).acquire_owned().await.ok();
    let kept = Arc::clone(app).keep(move |keeper| {
        let _turn = turn;
        work(keeper);
        Ok(())
    });
    // The work logs its own failures.
    let _ = kept.await;
}

pub(crate) fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for (path, methods) in routes() {
        router = router.route(path, methods);
    }
    router
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(&app), pass))
        .with_state(app)
}

/// Every path that there is.
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 23] {
    [
        ("/healthz", get(health::health)),
        ("/readyz", get(health::ready)),
        ("/metrics", get(metrics::get)),
        ("/openapi.json", get(openapi::get)),
        ("/v1/services", get(services::list).post(services::add)),
        (
            "/v1/services/{name}/state",
            get(state::get).patch(state::patch),
        ),
        ("/v1/services/{name}/history", get(history::get)),
        ("/v1/services/{name}/enter", post(changes::enter)),
        ("/v1/services/{name}/exit", post(changes::exit)),
        ("/v1/services/{name}/rollback", post(changes::rollback)),
        (
            "/v1/services/{name}/allowlist/enable",
            post(changes::enable_allowlist),
        ),
        (
            "/v1/services/{name}/allowlist/disable",
            post(changes::disable_allowlist),
        ),
        ("/v1/services/{name}/allowlist/add", post(edits::add)),
        ("/v1/services/{name}/allowlist/remove", post(edits::remove)),
        ("/v1/services/{name}/allowlist/set", post(edits::set)),
        ("/v1/services/{name}/notice", post(edits::notice)),
        ("/v1/services/{name}/fleet", get(fleet::fleet)),
        ("/v1/services/{name}/nodes/forget", post(nodes::forget)),
        ("/v1/barriers/{id}", get(fleet::barrier)),
        ("/v1/changes", post(changes::several)),
        ("/v1/store/adopt", post(nodes::adopt)),
        ("/v1/tokens", get(tokens::list).post(tokens::create)),
        ("/v1/tokens/{name}/revoke", post(tokens::revoke)),
    ]
}

async fn not_found(uri: Uri) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown-path",
        "There is nothing here",
        format!(
            "{:?} is not a path of control; services are under /v1/services",
            uri.path()
        ),
    )
}

async fn method_not_allowed(method: Method, uri: Uri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        "Not with this method",
        format!("{method} is not for {:?}", uri.path()),
    )
}
