use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use intermission_core::ServiceName;

use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::identity::Caller;
use crate::server::http::json_request::JsonRequest;
use crate::token::Role;
use crate::wire::summary::Summaries;

/// `GET /v1/services`
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let facts = app.registry.memory().facts();
    let services = facts.services.values();
    let services = services.map(|service| match caller.grant().role {
        Role::Operator => service.summary.clone(),
        _ => service.summary.without_testers(),
    });
    let services = services.collect();
    json(StatusCode::OK, &Summaries { services })
}

/// `POST /v1/services`
pub(crate) async fn add(State(app): State<Arc<App>>, order: JsonRequest) -> Answer {
    let body = order.body();
    let name: ServiceName = body.required("name")?.parsed()?;
    body.only(&["name"])?;
    let JsonRequest { actor, once, .. } = order;
    let outcome = app
        .blocking(move |registry| registry.add(name, &actor, once.as_ref()))
        .await?;
    let status = if outcome.changed {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    json(status, &outcome)
}
