//! What operators see of the nodes, and of those who wait for them.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use tokio::time::Instant;

use crate::server::app::App;
use crate::server::http::answer::{Answer, json};
use crate::server::http::identity::Caller;
use crate::server::http::json_request::{PathName, condition};
use crate::server::http::long_poll;
use crate::server::http::long_poll::PREFERENCE_APPLIED;
use crate::server::http::problem::Problem;
use crate::server::http::stopwatch::Stopwatch;
use crate::values::etag::tag_of_content;
use crate::values::now::Now;
use crate::wire::barrier::Progress;

/// How long a look at the nodes is good for, so that of many that change each is not shown alone.
const CROWD: Duration = Duration::from_millis(250);

/// `GET /v1/services/{name}/fleet`: the nodes, and who waits for them.
pub(crate) async fn fleet(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathName(name): PathName,
    stopwatch: Stopwatch,
    headers: HeaderMap,
) -> Answer {
    // Nothing is kept of a service that there is not.
    app.registry.service(&name)?;
    let mut changes = app.registry.fleet().changes(&name);
    let view = || {
        let service = app.registry.service(&name)?;
        let view = app
            .registry
            .fleet()
            .view(&name, service.state.revision, Now::read());
        Ok::<_, Problem>((tag(&view.quiet())?, view))
    };
    let (mut etag, mut shown) = view()?;
    let known = condition(&headers, &IF_NONE_MATCH);
    let is_known = |etag: &str| known.as_ref().is_some_and(|known| known.names(etag));
    let wait = long_poll::wait(&headers);
    if let Some(wait) = wait.filter(|_| is_known(&etag)) {
        let _place = match app.long_polls.enter(&caller) {
            Ok(place) => place,
            Err(full) => return Ok(full.into_response()),
        };
        let _standstill = stopwatch.hold();
        let until = tokio::time::sleep(wait);
        tokio::pin!(until);
        while is_known(&etag) {
            let next = Instant::now() + CROWD;
            tokio::select! {
                () = &mut until => break,
                () = app.long_polls.stopped() => break,
                _ = changes.changed() => {}
            }
            tokio::time::sleep_until(next).await;
            changes.mark_unchanged();
            (etag, shown) = view()?;
        }
    }
    answer(&etag, wait, is_known(&etag), &shown)
}

/// `GET /v1/barriers/{id}`: how far a wait is.
pub(crate) async fn barrier(
    State(app): State<Arc<App>>,
    caller: Caller,
    PathName(id): PathName,
    stopwatch: Stopwatch,
    headers: HeaderMap,
) -> Answer {
    let wait = long_poll::wait(&headers);
    let known = condition(&headers, &IF_NONE_MATCH);
    let is_known = |etag: &str| known.as_ref().is_some_and(|known| known.names(etag));
    if let Some(mut open) = app.registry.fleet().watch(&id) {
        let shown = |progress: &Progress| tag(&progress.quiet());
        let progress = Arc::clone(&open.borrow_and_update());
        let etag = shown(&progress)?;
        let Some(wait) = wait.filter(|_| is_known(&etag)) else {
            return answer(&etag, wait, is_known(&etag), &*progress);
        };
        let _place = match app.long_polls.enter(&caller) {
            Ok(place) => place,
            Err(full) => return Ok(full.into_response()),
        };
        let _standstill = stopwatch.hold();
        let until = tokio::time::sleep(wait);
        tokio::pin!(until);
        loop {
            let next = Instant::now() + CROWD;
            tokio::select! {
                () = &mut until => return answer(&etag, Some(wait), true, &*progress),
                () = app.long_polls.stopped() => return answer(&etag, Some(wait), true, &*progress),
                // It has ended, and is on the disk.
                changed = open.changed() => if changed.is_err() { break },
            }
            if open.borrow().ending.is_none() {
                tokio::time::sleep_until(next).await;
            }
            let progress = Arc::clone(&open.borrow_and_update());
            let etag = shown(&progress)?;
            if !is_known(&etag) {
                return answer(&etag, Some(wait), false, &*progress);
            }
        }
    }
    let asked = id.clone();
    let ended = Arc::clone(&app)
        .blocking(move |registry| registry.ended_barrier(&asked))
        .await?;
    let Some(progress) = ended else {
        return Err(Problem::new(
            StatusCode::NOT_FOUND,
            "unknown-barrier",
            "Unknown barrier",
            format!("there is no barrier {id:?}"),
        ));
    };
    let etag = tag(&progress.quiet())?;
    answer(&etag, wait, is_known(&etag), &progress)
}

fn tag(value: &impl Serialize) -> Result<String, Problem> {
    let bytes = serde_json::to_vec(value).map_err(Problem::internal)?;
    Ok(tag_of_content(&bytes))
}

fn answer(etag: &str, wait: Option<Duration>, known: bool, value: &impl Serialize) -> Answer {
    let applied = wait.map(|_| [(PREFERENCE_APPLIED, "wait")]);
    let tag = [(ETAG, etag)];
    if known {
        let caching = [(CACHE_CONTROL, "no-store")];
        return Ok((StatusCode::NOT_MODIFIED, applied, caching, tag).into_response());
    }
    Ok((applied, tag, json(StatusCode::OK, value)?).into_response())
}
