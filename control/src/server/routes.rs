//! The table of paths.

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post};

use crate::change::ListVerb;
use crate::server::app::App;
use crate::server::gate::pass::pass;
use crate::server::handlers::changes::{Action, one};
use crate::server::handlers::{
    changes, edits, fleet, health, history, metrics, nodes, openapi, passes, services, state,
    tokens,
};
use crate::server::http::problem::Problem;

/// Answers every path, behind the gate.
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
pub(crate) fn routes() -> [(&'static str, MethodRouter<Arc<App>>); 34] {
    [
        ("/healthz", get(health::health)),
        ("/readyz", get(health::ready)),
        ("/metrics", get(metrics::get)),
        ("/openapi.json", get(openapi::get)),
        ("/v1/services", get(services::list).post(services::add)),
        ("/v1/services/{name}", delete(services::remove)),
        (
            "/v1/services/{name}/state",
            get(state::get).patch(state::patch),
        ),
        ("/v1/services/{name}/history", get(history::get)),
        ("/v1/services/{name}/enter", one(Action::Enter)),
        ("/v1/services/{name}/exit", one(Action::Exit)),
        ("/v1/services/{name}/rollback", post(changes::rollback)),
        (
            "/v1/services/{name}/allowlist/enable",
            one(Action::EnableAllowlist),
        ),
        (
            "/v1/services/{name}/allowlist/disable",
            one(Action::DisableAllowlist),
        ),
        ("/v1/services/{name}/allowlist/add", post(edits::add)),
        ("/v1/services/{name}/allowlist/remove", post(edits::remove)),
        ("/v1/services/{name}/allowlist/set", post(edits::set)),
        ("/v1/services/{name}/allowlist/prune", post(edits::prune)),
        ("/v1/services/{name}/allowlist", get(passes::allowlist)),
        (
            "/v1/services/{name}/passes",
            get(passes::list).post(passes::create),
        ),
        ("/v1/services/{name}/passes/{pass}", delete(passes::revoke)),
        ("/v1/services/{name}/notice", post(edits::notice)),
        ("/v1/services/{name}/lists/add", edits::lists(ListVerb::Add)),
        (
            "/v1/services/{name}/lists/remove",
            edits::lists(ListVerb::Remove),
        ),
        ("/v1/services/{name}/lists/set", edits::lists(ListVerb::Set)),
        ("/v1/services/{name}/fleet", get(fleet::fleet)),
        ("/v1/services/{name}/nodes/forget", post(nodes::forget)),
        ("/v1/fleet", get(fleet::whole)),
        ("/v1/barriers/{id}", get(fleet::barrier)),
        ("/v1/changes", post(changes::several)),
        ("/v1/apply", post(changes::apply)),
        ("/v1/export", get(services::export)),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_path_is_described_and_nothing_else_is() {
        let document: serde_json::Value = serde_json::from_str(openapi::DOCUMENT).unwrap();
        let described = document["paths"].as_object().unwrap().keys();
        let described: BTreeSet<_> = described.map(String::as_str).collect();
        let routed: BTreeSet<_> = routes().iter().map(|(path, _)| *path).collect();
        assert_eq!(described, routed);
    }
}
