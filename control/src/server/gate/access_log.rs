//! An account of a request: a line in the log.

use std::time::Duration;

use axum::body::HttpBody;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use crate::server::http::identity::Caller;
use crate::server::listen::Endpoints;
use crate::server::log_limiter::brief;

/// What programs ask again and again, so that it is nothing to tell of as long as all is well.
const ROUTINE: &[&str] = &[
    "/healthz",
    "/metrics",
    "/openapi.json",
    "/readyz",
    "/v1/barriers/{id}",
    "/v1/fleet",
    "/v1/services/{name}/fleet",
    "/v1/services/{name}/state",
];

/// A line of the log.
#[derive(Debug)]
pub(crate) struct Line<'r> {
    pub(crate) method: &'r Method,
    pub(crate) route: Option<&'r str>,
    pub(crate) path: &'r str,
    pub(crate) ends: Endpoints,
    pub(crate) caller: Option<&'r Caller>,
    pub(crate) took: Duration,
}

impl Line<'_> {
    pub(crate) fn write(&self, response: &Response) {
        let Self {
            method,
            route,
            path,
            ends,
            caller,
            took,
        } = *self;
        let (path, status) = (&*brief(path), response.status());
        let grant = caller.map(Caller::grant);
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
        // Clients without a token do not fill the log: what they were refused is in it, counted.
        if is_routine(method, route, status) || is_logged(status) || caller.is_none() {
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

/// Whether the refusal was logged as a warning.
fn is_logged(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::MISDIRECTED_REQUEST
    )
}
