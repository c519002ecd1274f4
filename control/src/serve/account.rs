//! An account of every request: counted, measured, and a line in the log.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use crate::serve::app::App;
use crate::serve::caller::Caller;
use crate::serve::names::Ends;
use crate::serve::stopwatch::Stopwatch;

/// What programs ask again and again, so that it is nothing to tell of as long as all is well.
const ROUTINE: &[&str] = &[
    "/healthz",
    "/metrics",
    "/openapi.json",
    "/readyz",
    "/v1/barriers/{id}",
    "/v1/services/{name}/fleet",
    "/v1/services/{name}/state",
];

/// Lets the request pass, and tells of it when it is answered.
pub(super) async fn keep(
    State(app): State<Arc<App>>,
    ConnectInfo(ends): ConnectInfo<Ends>,
    mut request: Request,
    next: Next,
) -> Response {
    let stopwatch = Stopwatch::start();
    request.extensions_mut().insert(stopwatch.clone());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let response = next.run(request).await;
    let took = stopwatch.taken();
    app.metrics.count(route, &method, response.status(), took);
    let line = Line {
        method: &method,
        route,
        path: &path,
        ends,
        took,
    };
    line.write(&response);
    response
}

/// A line of the log.
struct Line<'r> {
    method: &'r Method,
    route: Option<&'r str>,
    path: &'r str,
    ends: Ends,
    took: Duration,
}

impl Line<'_> {
    fn write(&self, response: &Response) {
        let Self {
            method,
            route,
            path,
            ends,
            took,
        } = *self;
        let status = response.status();
        let grant = response.extensions().get::<Caller>().map(Caller::grant);
        let token = grant.map(|grant| grant.name.as_str());
        let role = grant.map(|grant| grant.role.as_str());
        let peer = ends.peer.map(tracing::field::display);
        let bytes = response.body().size_hint().exact();
        macro_rules! write {
            ($level:ident) => {
                tracing::$level!(
                    target: "intermission::access",
                    %method,
                    route,
                    path,
                    status = status.as_u16(),
                    seconds = took.as_secs_f64(),
                    bytes,
                    token,
                    role,
                    peer,
                    "answered"
                )
            };
        }
        if is_routine(method, route, status) || is_told(status) {
            write!(debug);
        } else {
            write!(info);
        }
    }
}

fn is_routine(method: &Method, route: Option<&str>, status: StatusCode) -> bool {
    let reads = matches!(*method, Method::GET | Method::HEAD);
    let went_well = status.is_success() || status == StatusCode::NOT_MODIFIED;
    reads && went_well && route.is_some_and(|route| ROUTINE.contains(&route))
}

/// Whether whoever refused it has warned of it.
fn is_told(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST
    )
}
