use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use intermission_core::ServiceName;
use serde_json::{Map, json};

use crate::change::exported;
use crate::registry::{Registry, RemoveRequest};
use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::identity::Caller;
use crate::server::http::json_request::{JsonRequest, PathName};
use crate::server::http::problem::Problem;
use crate::server::http::query::Query;
use crate::token::Role;
use crate::values::members::{flag, optional};
use crate::wire::summary::Summaries;

/// `GET /v1/services`
pub(crate) async fn list(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let facts = app.registry.memory().facts();
    let services = facts.covered_by(caller.grant());
    let services = services.map(|service| match caller.grant().role {
        Role::Operator => service.summary.clone(),
        _ => service.summary.without_testers(),
    });
    let services = services.collect();
    json(StatusCode::OK, &Summaries { services })
}

/// `GET /v1/export`: all services, or those of `?services=NAME,NAME`, as `POST /v1/apply` takes them.
pub(crate) async fn export(State(app): State<Arc<App>>, caller: Caller, uri: Uri) -> Answer {
    let query = Query::of(&uri);
    let names = query.value("services");
    let names = names.map(|names| names.split(',').map(str::to_owned).collect());
    let target = caller.target(names)?;
    let export = move |registry: &Registry| {
        let facts = registry.memory().facts();
        let services = facts.select(&target)?.into_iter().map(|service| {
            let exported = exported(&service.state, &service.labels);
            (service.summary.service.clone(), exported)
        });
        Ok::<_, Problem>(services.collect::<Map<_, _>>())
    };
    let services = app.blocking(export).await?;
    json(StatusCode::OK, &json!({ "services": services }))
}

/// `DELETE /v1/services/{name}`
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    PathName(service): PathName,
    order: JsonRequest,
) -> Answer {
    let body = order.body();
    let force = optional(&body, "force", flag)?.unwrap_or_default();
    let reason = order.reason()?;
    let dry_run = order.is_dry_run()?;
    body.only(&["force", "reason", "dry_run"])?;
    let asked = RemoveRequest {
        service,
        force,
        dry_run,
        actor: order.actor,
        reason,
        once: order.once,
    };
    let outcome = app
        .blocking(move |registry| registry.remove_service(&asked))
        .await?;
    json(StatusCode::OK, &outcome)
}

/// `POST /v1/services`
pub(crate) async fn add(State(app): State<Arc<App>>, order: JsonRequest) -> Answer {
    let body = order.body();
    let name: ServiceName = body.required("name")?.parsed()?;
    body.only(&["name", "dry_run"])?;
    let outcome = app
        .blocking(move |registry| {
            let outcome = registry.add(name, order.requester()?)?;
            Ok::<_, Problem>(outcome)
        })
        .await?;
    let status = if outcome.changed && outcome.preview.is_none() {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    json(status, &outcome)
}
