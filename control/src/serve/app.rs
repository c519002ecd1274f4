use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::keeper::{ChangeError, Keeper};
use crate::serve::hold::Hold;
use crate::serve::names::Names;
use crate::serve::problem::Problem;
use crate::serve::{auth, changes, guard, history, nodes, services, state, tokens};

/// What every handler may use.
#[derive(Debug)]
pub(super) struct App {
    pub(super) keeper: Keeper,
    pub(super) hold: Hold,
    pub(super) names: Names,
}

impl App {
    /// Runs what waits for the disk on a thread that may wait. It runs to its end even if the
    /// client goes away.
    pub(super) async fn keep<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Keeper) -> Result<T, ChangeError> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = tokio::task::spawn_blocking(move || work(&self.keeper)).await;
        done.map_err(Problem::internal)?.map_err(Problem::from)
    }
}

/// Looks after those who wait, for as long as control runs.
pub(super) async fn wait_for_nodes(app: Arc<App>) {
    loop {
        app.keeper.fleet().stirred().await;
        let ended = app.keeper.fleet().judge();
        if !ended.is_empty() {
            let kept = Arc::clone(&app).keep(|keeper| {
                keeper.end_barriers(ended);
                Ok(())
            });
            // It logs what goes wrong.
            let _ = kept.await;
        }
    }
}

pub(super) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/healthz", get(services::health))
        .route("/v1/services", get(services::list).post(services::add))
        .route(
            "/v1/services/{name}/state",
            get(state::get).patch(state::patch),
        )
        .route("/v1/services/{name}/history", get(history::get))
        .route("/v1/services/{name}/enter", post(changes::enter))
        .route("/v1/services/{name}/exit", post(changes::exit))
        .route("/v1/services/{name}/rollback", post(changes::rollback))
        .route(
            "/v1/services/{name}/allowlist/enable",
            post(changes::enable_allowlist),
        )
        .route(
            "/v1/services/{name}/allowlist/disable",
            post(changes::disable_allowlist),
        )
        .route("/v1/services/{name}/fleet", get(nodes::fleet))
        .route("/v1/services/{name}/nodes/forget", post(nodes::forget))
        .route("/v1/barriers/{id}", get(nodes::barrier))
        .route("/v1/changes", post(changes::several))
        .route("/v1/store/adopt", post(nodes::adopt))
        .route("/v1/tokens", get(tokens::list).post(tokens::create))
        .route("/v1/tokens/{name}/revoke", post(tokens::revoke))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        // The last one runs first.
        .layer(from_fn_with_state(Arc::clone(&app), auth::check))
        .layer(from_fn_with_state(Arc::clone(&app), guard::check))
        .with_state(app)
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
