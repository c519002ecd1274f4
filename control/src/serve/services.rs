use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use intermission_core::{ParseServiceNameError, ServiceName};
use serde_json::json;

use crate::invalid::Invalid;
use crate::serve::answer::{Answer, json};
use crate::serve::app::App;
use crate::serve::order::Order;
use crate::serve::problem::Problem;
use crate::summary::Summaries;

/// `GET /v1/services`
pub(super) async fn list(State(app): State<Arc<App>>) -> Answer {
    let services = app.keeper.services();
    let services = services
        .values()
        .map(|service| service.summary.clone())
        .collect();
    json(StatusCode::OK, &Summaries { services })
}

/// `POST /v1/services`
pub(super) async fn add(State(app): State<Arc<App>>, order: Order) -> Answer {
    let Order {
        actor, mut fields, ..
    } = order;
    let name = fields
        .text("name")?
        .ok_or_else(|| Invalid::new("/name", "is missing"))?;
    fields.finish(&["name"])?;
    let name: ServiceName = name
        .parse()
        .map_err(|error: ParseServiceNameError| Invalid::new("/name", error.to_string()))?;
    let outcome = app.keep(move |keeper| keeper.add(name, &actor.0)).await?;
    let status = if outcome.changed {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    json(status, &outcome)
}

/// `GET /healthz`: whether control answers, and can still save what it is told.
pub(super) async fn health(State(app): State<Arc<App>>) -> Answer {
    if app.keep(|keeper| Ok(keeper.has_failed())).await? {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "disk",
            "The disk has failed",
            "states are still served; the next change that is saved clears this",
        ));
    }
    json(StatusCode::OK, &json!({ "status": "ok" }))
}
