use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;

use crate::change::{Change, Patch};
use crate::registry::{ChangeRequest, Published};
use crate::server::app::App;
use crate::server::handlers::{changes, nodes};
use crate::server::http::answer::Answer;
use crate::server::http::body;
use crate::server::http::identity::{Actor, Caller};
use crate::server::http::json_request::{PathName, condition};
use crate::server::http::long_poll;
use crate::server::http::long_poll::PREFERENCE_APPLIED;
use crate::server::http::problem::Problem;
use crate::server::http::stopwatch::Stopwatch;

/// `GET /v1/services/{name}/state`: what nodes poll.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathName(name): PathName,
    stopwatch: Stopwatch,
    headers: HeaderMap,
) -> Answer {
    caller.check_reads(&name)?;
    app.registry.service(&name)?;
    let member = nodes::report(&app, &caller, &name, &headers).await?;
    // After the node has been noted: a wait for a later state knows of it.
    let mut service = app.registry.service(&name)?;
    let known = condition(&headers, &IF_NONE_MATCH);
    let is_known = |service: &Published| {
        let known = known.as_ref();
        known.is_some_and(|known| known.names(service.tag.as_str()))
    };
    let wait = long_poll::wait(&headers);
    // They would keep the buffer that they were read into for as long as the poll is held.
    drop(headers);
    if let Some(wait) = wait.filter(|_| is_known(&service)) {
        let standstill = stopwatch.hold();
        let held = app
            .long_polls
            .until_changed(&app.registry, &service, member.as_ref(), wait, &caller)
            .await;
        drop(standstill);
        if let Err(full) = held {
            return Ok(full.into_response());
        }
        service = app.registry.service(&name)?;
    }
    let applied = wait.map(|_| [(PREFERENCE_APPLIED, "wait")]);
    let caching = [(ETAG, service.tag.as_str()), (CACHE_CONTROL, "no-cache")];
    if is_known(&service) {
        return Ok((StatusCode::NOT_MODIFIED, applied, caching).into_response());
    }
    let kind = [(CONTENT_TYPE, "application/json")];
    Ok((caching, applied, kind, service.document.clone()).into_response())
}

/// `PATCH /v1/services/{name}/state`: a merge patch (RFC 7396) on the revision that `If-Match`
/// names.
pub(crate) async fn patch(
    State(app): State<Arc<App>>,
    actor: Actor,
    PathName(name): PathName,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    body::check_type(
        &headers,
        &["application/merge-patch+json", "application/json"],
    )?;
    let Some(expected) = condition(&headers, &IF_MATCH) else {
        return Err(Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "if-match",
            "If-Match is needed",
            "send the ETag of the state that you have read as If-Match, so that no other change \
             is overwritten unseen",
        ));
    };
    let asked = ChangeRequest {
        change: Change::Patch(Patch::parse(&body::read(body).await?)?),
        expected: Some(expected),
        actor: actor.0,
        reason: None,
        caller: None,
        once: None,
        wait: None,
    };
    changes::make(app, name, asked).await
}
