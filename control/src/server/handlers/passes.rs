use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::change::Change;
use crate::labels::{End, Name};
use crate::registry::PassRequest;
use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::json_request::{JsonRequest, PassPath, PathName, wait};
use crate::wire::allowlist::{AllowlistView, NewPass, PassList, PassView};

/// `GET /v1/services/{name}/allowlist`: the entries and passes, and what is known of them.
pub(crate) async fn allowlist(State(app): State<Arc<App>>, PathName(name): PathName) -> Answer {
    let service = app.registry.memory().service(&name)?;
    let view = AllowlistView::of(&service.state, &service.labels);
    json(StatusCode::OK, &view)
}

/// `GET /v1/services/{name}/passes`
pub(crate) async fn list(State(app): State<Arc<App>>, PathName(name): PathName) -> Answer {
    let service = app.registry.memory().service(&name)?;
    let list = PassList {
        service: name,
        revision: service.state.revision,
        enabled: service.state.allowlist.enabled,
        passes: PassView::all(&service.state, &service.labels),
    };
    json(StatusCode::OK, &list)
}

/// `POST /v1/services/{name}/passes`: the one answer that has the secret, so that no `Idempotency-Key` keeps it.
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    PathName(service): PathName,
    order: JsonRequest,
) -> Answer {
    let body = order.body();
    let name: Name = body.required("name")?.parsed()?;
    let end = End::read(&body)?;
    let reason = order.reason()?;
    body.only(&[&["name", "reason"], &End::FIELDS[..]].concat())?;
    let by = PassRequest {
        actor: order.actor,
        expected: order.expected,
        reason,
    };
    let (secret, view, outcome) = app
        .blocking(move |registry| registry.create_pass(&service, &name, end, &by))
        .await?;
    let pass = secret.as_str().to_owned();
    let new = NewPass {
        pass,
        view,
        outcome,
    };
    json(StatusCode::CREATED, &new)
}

/// `DELETE /v1/services/{name}/passes/{pass}`
pub(crate) async fn revoke(
    State(app): State<Arc<App>>,
    PassPath { service, pass }: PassPath,
    order: JsonRequest,
) -> Answer {
    let body = order.body();
    let (reason, wait) = (order.reason()?, wait(&body)?);
    body.only(&["reason", "wait"])?;
    let asked = order.asked(Change::RevokePass(pass.clone()), reason, wait);
    let outcome = app
        .blocking(move |registry| registry.revoke_pass(&service, &pass, &asked))
        .await?;
    json(StatusCode::OK, &outcome)
}
