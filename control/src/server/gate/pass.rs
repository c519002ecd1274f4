use std::sync::Arc;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::server::app::App;
use crate::server::gate::access::Access;
use crate::server::gate::access_log::Line;
use crate::server::gate::{auth, origin};
use crate::server::handlers::state;
use crate::server::http::patience::Patience;
use crate::server::http::query;
use crate::server::http::stopwatch::Stopwatch;
use crate::server::listen::Endpoints;

/// What every request passes, in and out. It is one layer, since each keeps memory of its own for every poll
/// that is held.
pub(crate) async fn pass(
    State(app): State<Arc<App>>,
    ConnectInfo(ends): ConnectInfo<Endpoints>,
    mut request: Request,
    next: Next,
) -> Response {
    let stopwatch = Stopwatch::start();
    request.extensions_mut().insert(stopwatch.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let checked = origin::check(&app, &request, ends);
    let is_of_this_replica =
        route == Some("/metrics") || Access::to(&method, route) == Access::Anybody;
    // Before the token is looked up, which another replica may have made or revoked.
    let patience = Patience::of(request.headers());
    let is_proven = checked.is_err() || is_of_this_replica || app.is_proven(patience).await;
    let checked = match checked {
        Ok(()) => auth::check(&app, &mut request).await,
        Err(problem) => Err(problem),
    };
    let (caller, response) = match checked {
        Ok(caller) if is_proven => {
            let response = match query::check(&method, route, request.uri()) {
                Ok(()) => next.run(request).await,
                Err(problem) => problem.into_response(),
            };
            (caller, response)
        }
        Ok(caller) => {
            let response = state::unproven(&app, route, &path);
            (caller, response)
        }
        Err(problem) => (None, problem.into_response()),
    };
    let took = stopwatch.taken();
    app.metrics.count(route, &method, response.status(), took);
    let line = Line {
        method: &method,
        route,
        path: &path,
        ends,
        caller: caller.as_ref(),
        took,
    };
    line.write(&response);
    response
}
