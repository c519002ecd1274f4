use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use intermission_core::ServiceName;

use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::change_request::Order;
use crate::values::members::only;
use crate::wire::summary::Summaries;

/// `GET /v1/services`
pub(crate) async fn list(State(app): State<Arc<App>>) -> Answer {
    let services = app.keeper.services();
    let services = services
        .values()
        .map(|service| service.summary.clone())
        .collect();
    json(StatusCode::OK, &Summaries { services })
}

/// `POST /v1/services`
pub(crate) async fn add(State(app): State<Arc<App>>, order: Order) -> Answer {
    let body = order.body();
    let name: ServiceName = body.required("name")?.parsed()?;
    only(&body, &["name"])?;
    let Order { actor, once, .. } = order;
    let outcome = app
        .keep(move |keeper| keeper.add(name, &actor.0, once.as_ref()))
        .await?;
    let status = if outcome.changed {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    json(status, &outcome)
}
