//! What no browser is to be talked into.

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use intermission_core::HostName;
use tracing::warn;

use crate::server::app::App;
use crate::server::host_names::{HostNames, suggested};
use crate::server::http::problem::Problem;
use crate::server::listen::Endpoints;
use crate::server::log_limiter::brief;

/// That the request names this control, and is of no other origin's page if it may change something.
pub(crate) fn check(app: &App, request: &Request, ends: Endpoints) -> Result<(), Problem> {
    let names = &app.names;
    let checked =
        check_host(request, names, ends).and_then(|host| check_origin(request, names, host));
    if checked.is_err() {
        app.refusals.foreign.write(|kind| {
            let value = |name| {
                request
                    .headers()
                    .get(name)
                    .map(|value| format!("{value:?}"))
            };
            let (host, origin) = (value(HOST), value(ORIGIN));
            warn!(
                method = %request.method(),
                path = &*brief(request.uri().path()),
                host = host.as_deref().map(brief).as_deref(),
                origin = origin.as_deref().map(brief).as_deref(),
                "{kind}"
            );
        });
    }
    checked
}

/// The authority that the request names, if it is one of this control.
fn check_host<'r>(
    request: &'r Request,
    names: &HostNames,
    ends: Endpoints,
) -> Result<&'r str, Problem> {
    let target = request
        .uri()
        .authority()
        .map(|authority| authority.as_str());
    let header = only(request.headers(), HOST.as_str());
    let known = |authority| names.know(authority, ends);
    match (target, header) {
        (None, Some(host)) if known(host) => Ok(host),
        // An absolute-form target goes before Host (RFC 9112, section 3.2.2), and both are checked.
        (Some(target), Some(host)) if known(target) && known(host) => Ok(target),
        _ => {
            let asked = target.or(header).and_then(suggested);
            let name = asked.as_ref().map_or("NAME", HostName::as_str);
            Err(Problem::new(
                StatusCode::MISDIRECTED_REQUEST,
                "host",
                "Not this server's name",
                format!(
                    "this control answers to {} only; where a port mapping or a proxy asks for another name, start it with \
                     --host {name}",
                    names.described()
                ),
            ))
        }
    }
}

/// Whether a request with this method is taken for one that changes something: all but those that
/// are for reading.
fn may_change(method: &Method) -> bool {
    method != Method::GET && method != Method::HEAD
}

fn check_origin(request: &Request, names: &HostNames, host: &str) -> Result<(), Problem> {
    if !may_change(request.method()) {
        return Ok(());
    }
    let headers = request.headers();
    let mut origins = headers.get_all(ORIGIN).iter();
    let own = origins.all(|origin| names.is_origin(origin.as_bytes(), host));
    // Fetch metadata tells even where a browser leaves Origin out.
    let same = headers
        .get_all("sec-fetch-site")
        .iter()
        .all(|site| matches!(site.as_bytes(), b"same-origin" | b"none"));
    if own && same {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "origin",
        "Not from a page of another origin",
        "changes are for the intermission command and for programs",
    ))
}

/// The value of a header that occurs exactly once, as text.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next().map(HeaderValue::to_str)?.ok()?;
    lines.next().is_none().then_some(line)
}
