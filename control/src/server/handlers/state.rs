use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, ETAG, IF_MATCH, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use crate::change::{Change, Patch};
use crate::registry::{ChangeRequest, Published};
use crate::server::app::App;
use crate::server::handlers::{changes, nodes};
use crate::server::http::answer::Answer;
use crate::server::http::body;
use crate::server::http::identity::Caller;
use crate::server::http::json_request::{PathName, condition};
use crate::server::http::long_poll::{LongPoll, Look};
use crate::server::http::problem::Problem;
use crate::values::now::Now;

/// How long the poll of a node is held while a barrier waits for it: so long that the node takes it for held, and
/// asks again at once.
const MOMENT: Duration = Duration::from_millis(200);
/// After what time the proof that memory has the newest state is made again.
const STALE: Duration = Duration::from_secs(1);

/// `GET /v1/services/{name}/state`: what nodes poll.
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    poll: LongPoll,
    headers: HeaderMap,
) -> Answer {
    let memory = app.registry.memory();
    let changes = memory.service(&name)?.wakes.nodes.subscribe();
    // Its room is not kept while the poll is held.
    let member = match Box::pin(nodes::report(&app, &poll.caller, &name, &headers)).await {
        // The other replicas do not know that the node has the state.
        Err(problem) if problem.is_unproven() => {
            let service = memory.service(&name)?;
            return Ok(provisional(&service));
        }
        reported => reported?,
    };
    // They would keep the buffer that they were read into for as long as the poll is held.
    drop(headers);
    // After the node has been noted: a wait for a later state knows of it.
    let mut service = memory.service(&name)?;
    let tag = service.tag.clone();
    let mut answer_at = None;
    poll.hold(&app.long_polls, tag.as_str(), changes, || {
        service = memory.service(&name)?;
        let now = Instant::now();
        if answer_at.is_none() {
            let is_awaited = |id| memory.fleet().is_awaited(&name, id, Now::read());
            answer_at = member
                .as_ref()
                .is_some_and(is_awaited)
                .then(|| now + MOMENT);
        }
        Ok(match answer_at {
            _ if !poll.knows(service.tag.as_str()) => Look::News,
            Some(at) if at <= now => Look::News,
            Some(at) => Look::Again(at),
            None => Look::Nothing,
        })
    })
    .await?;
    if poll.age() >= STALE && !app.is_proven(poll.patience()).await {
        return Ok(provisional(&service));
    }
    let caching = [(ETAG, service.tag.as_str()), (CACHE_CONTROL, "no-cache")];
    if poll.knows(service.tag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, poll.applied(), caching).into_response());
    }
    let kind = [(CONTENT_TYPE, "application/json")];
    Ok((caching, poll.applied(), kind, service.document.clone()).into_response())
}

/// What is answered while it is not proven that memory has the newest state. A poll gets the last state that was proven: a
/// node that has no other takes it, and one that has goes on with its own.
pub(crate) fn unproven(app: &App, route: Option<&str>, path: &str) -> Response {
    let name = path
        .strip_prefix("/v1/services/")
        .and_then(|rest| rest.strip_suffix("/state"))
        .filter(|_| route == Some("/v1/services/{name}/state"));
    let service = name.and_then(|name| app.registry.memory().service(name).ok());
    service.map_or_else(
        || app.unproven().into_response(),
        |service| provisional(&service),
    )
}

/// A state that may not be the newest.
fn provisional(service: &Published) -> Response {
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (CONNECTION, "close"),
        (CONTENT_TYPE, "application/json"),
        (RETRY_AFTER, "1"),
    ];
    let document = service.document.clone();
    (StatusCode::SERVICE_UNAVAILABLE, headers, document).into_response()
}

/// `PATCH /v1/services/{name}/state`: a merge patch (RFC 7396) on the revision that `If-Match`
/// names.
pub(crate) async fn patch(
    State(app): State<Arc<App>>,
    caller: Caller,
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
    let mut patch = Patch::parse(&body::read(body).await?)?;
    let dry_run = patch.take_dry_run()?;
    let asked = ChangeRequest {
        expected: Some(expected),
        dry_run,
        ..ChangeRequest::new(Change::Patch(patch), &caller.grant().name)
    };
    changes::make(app, name, asked).await
}
