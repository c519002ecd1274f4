use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::change::{Change, NewPass};
use crate::labels::{End, Name};
use crate::registry::ChangeRequest;
use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::json_request::{JsonRequest, PassPath, PathName};
use crate::server::http::problem::Problem;
use crate::token::{Made, PassSecret};
use crate::wire::allowlist::{self, AllowlistView, PassList, PassView};

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
    let secret = PassSecret::mint().map_err(Problem::internal)?;
    let pass = NewPass::new(name.clone(), secret.digest(), end);
    let known = [&["name"], &End::FIELDS[..]].concat();
    let asked = ChangeRequest {
        once: None,
        ..order.asked(Change::CreatePass(pass), &known)?
    };
    let is_made = !asked.dry_run;
    let outcome = {
        let name = name.clone();
        app.blocking(move |registry| registry.create_pass(&service, &name, &asked))
    };
    let outcome = outcome.await?;
    if !is_made {
        return json(StatusCode::OK, &outcome);
    }
    let made = &outcome.summary.last_change;
    let view = PassView {
        name: name.to_string(),
        until: end.map(|end| end.at(made.at)),
        made: Some(Made {
            by: made.actor.clone(),
            at: made.at,
        }),
    };
    let new = allowlist::NewPass {
        pass: secret.as_str().to_owned(),
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
    let asked = order.asked(Change::RevokePass(pass.clone()), &["wait"])?;
    let outcome = app
        .blocking(move |registry| registry.revoke_pass(&service, &pass, &asked))
        .await?;
    json(StatusCode::OK, &outcome)
}
