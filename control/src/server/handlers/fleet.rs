//! What operators see of the nodes, and of those who wait for them.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, ETAG};
use axum::response::IntoResponse;
use serde::Serialize;
use tokio::time::Instant;

use crate::registry::{Published, Registry};
use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::identity::Caller;
use crate::server::http::json_request::PathName;
use crate::server::http::long_poll::{LongPoll, Look};
use crate::server::http::problem::Problem;
use crate::values::etag::tag_of_content;
use crate::values::now::Now;
use crate::wire::fleet::WholeFleet;
use crate::wire::summary::Summary;

/// How long a look is good for, so that of many nodes that change each is not shown alone.
const CROWD: Duration = Duration::from_millis(250);

/// `GET /v1/services/{name}/fleet`: the nodes, and who waits for them.
pub(crate) async fn fleet(
    State(app): State<Arc<App>>,
    PathName(name): PathName,
    poll: LongPoll,
) -> Answer {
    let memory = app.registry.memory();
    let changes = memory.service(&name)?.wakes.operators.subscribe();
    let view = || {
        let revision = memory.service(&name)?.state.revision;
        let view = memory.fleet().view(&name, revision, Now::read());
        Ok::<_, Problem>((tag(&view.quiet())?, view))
    };
    let mut shown = view()?;
    let etag = shown.0.clone();
    let mut next = Instant::now() + CROWD;
    poll.hold(&app.long_polls, &etag, changes, || {
        if Instant::now() < next {
            return Ok(Look::Again(next));
        }
        next = Instant::now() + CROWD;
        shown = view()?;
        Ok(match poll.knows(&shown.0) {
            true => Look::Nothing,
            false => Look::News,
        })
    })
    .await?;
    let (etag, view) = shown;
    answer(&poll, &etag, &view)
}

/// `GET /v1/fleet`: the nodes of all services, and who waits for them.
pub(crate) async fn whole(State(app): State<Arc<App>>, caller: Caller) -> Answer {
    let view = move |registry: &Registry| {
        let memory = registry.memory();
        let view = |service: &Arc<Published>| {
            let Summary {
                service, revision, ..
            } = &service.summary;
            memory.fleet().view(service, *revision, Now::read())
        };
        let facts = memory.facts();
        let services = facts.covered_by(caller.grant()).map(view).collect();
        Ok::<_, Problem>(WholeFleet { services })
    };
    json(StatusCode::OK, &app.blocking(view).await?)
}

/// `GET /v1/barriers/{id}`: how far a wait is.
pub(crate) async fn barrier(
    State(app): State<Arc<App>>,
    PathName(id): PathName,
    poll: LongPoll,
) -> Answer {
    let memory = app.registry.memory();
    let find = || memory.fleet().progress(&id);
    let mut found = find();
    if let Some(open) = &found {
        poll.caller.check_covers([&*open.service])?;
    }
    // The removal of its service ends a wait.
    if let Some(open) = found.clone()
        && let Ok(service) = memory.service(&open.service)
    {
        let changes = service.wakes.operators.subscribe();
        let mut next = Instant::now() + CROWD;
        let etag = tag(&open.quiet())?;
        poll.hold(&app.long_polls, &etag, changes, || {
            let Some(progress) = find() else {
                // It has ended, and is on the disk.
                found = None;
                return Ok(Look::News);
            };
            if progress.ending.is_none() && Instant::now() < next {
                return Ok(Look::Again(next));
            }
            next = Instant::now() + CROWD;
            let is_known = progress.ending.is_none() && poll.knows(&tag(&progress.quiet())?);
            found = Some(progress);
            Ok(match is_known {
                true => Look::Nothing,
                false => Look::News,
            })
        })
        .await?;
    }
    let progress = match found {
        Some(progress) => progress,
        None => {
            let asked = id.clone();
            let ended = Arc::clone(&app)
                .blocking(move |registry| registry.ended_barrier(&asked))
                .await?;
            let ended = ended.ok_or_else(|| unknown(&id))?;
            poll.caller.check_covers([&*ended.service])?;
            Arc::new(ended)
        }
    };
    answer(&poll, &tag(&progress.quiet())?, &*progress)
}

fn unknown(id: &str) -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "unknown-barrier",
        "Unknown barrier",
        format!("there is no barrier {id:?}"),
    )
}

fn tag(value: &impl Serialize) -> Result<String, Problem> {
    let bytes = serde_json::to_vec(value).map_err(Problem::internal)?;
    Ok(tag_of_content(&bytes))
}

/// The answer with this tag, without its body if the client knows it.
fn answer(poll: &LongPoll, etag: &str, value: &impl Serialize) -> Answer {
    let tag = [(ETAG, etag)];
    if poll.knows(etag) {
        let caching = [(CACHE_CONTROL, "no-store")];
        return Ok((StatusCode::NOT_MODIFIED, poll.applied(), caching, tag).into_response());
    }
    Ok((poll.applied(), tag, json(StatusCode::OK, value)?).into_response())
}
