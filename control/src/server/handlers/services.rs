use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use intermission_core::{ParseError, ServiceName};

use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::change_request::Order;
use crate::wire::summary::Summaries;
use intermission_core::FieldError;

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
    let Order {
        actor,
        mut fields,
        once,
        ..
    } = order;
    let name = fields
        .text("name")?
        .ok_or_else(|| FieldError::new("/name", "is missing"))?;
    fields.finish(&["name"])?;
    let name: ServiceName = name
        .parse()
        .map_err(|error: ParseError| FieldError::new("/name", error.to_string()))?;
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
