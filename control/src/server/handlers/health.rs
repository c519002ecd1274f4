use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::patience::Patience;
use crate::server::http::problem::Problem;

/// `GET /healthz`: whether control answers, and can still save changes.
pub(crate) async fn health(State(app): State<Arc<App>>) -> Answer {
    check_disk(&app)?;
    json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `GET /readyz`: whether new requests are to be sent here. The store is loaded before control listens.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Answer {
    if app.long_polls.is_stopping() {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "stopping",
            "Control stops",
            "it answers what was asked before, and takes nothing new",
        ));
    }
    check_disk(&app)?;
    if !app.is_proven(Patience::Short).await {
        return Err(app.unproven());
    }
    json(StatusCode::OK, &json!({ "status": "ready" }))
}

fn check_disk(app: &App) -> Result<(), Problem> {
    if app.registry.has_failed() {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "disk",
            "The disk has failed",
            "states are still served; the next change that is saved clears this",
        ));
    }
    Ok(())
}
