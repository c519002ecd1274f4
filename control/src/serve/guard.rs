//! What no browser is to be talked into.

use std::net::{Ipv4Addr, Ipv6Addr};

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::warn;

use crate::serve::problem::Problem;

pub(super) async fn check(request: Request, next: Next) -> Response {
    let refused = check_host(&request).and_then(|host| check_origin(&request, host));
    match refused {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            warn!(
                method = %request.method(),
                path = request.uri().path(),
                host = ?request.headers().get(HOST),
                origin = ?request.headers().get(ORIGIN),
                "refused"
            );
            problem.into_response()
        }
    }
}

/// The authority that the request names, if it is this machine by a name that no DNS answers for.
fn check_host(request: &Request) -> Result<&str, Problem> {
    let target = request
        .uri()
        .authority()
        .map(|authority| authority.as_str());
    let header = only(request.headers(), HOST.as_str());
    match (target, header) {
        (None, Some(host)) if is_loopback(host) => Ok(host),
        // An absolute-form target goes before Host (RFC 9112, section 3.2.2), and both are checked.
        (Some(target), Some(host)) if is_loopback(target) && is_loopback(host) => Ok(target),
        _ => Err(Problem::new(
            StatusCode::MISDIRECTED_REQUEST,
            "host",
            "Not this server's name",
            "this control answers to localhost and loopback addresses only",
        )),
    }
}

/// Whether a request with this method is taken for one that changes something: all but those that
/// are for reading.
pub(super) fn may_change(method: &Method) -> bool {
    method != Method::GET && method != Method::HEAD
}

fn check_origin(request: &Request, host: &str) -> Result<(), Problem> {
    if !may_change(request.method()) {
        return Ok(());
    }
    let headers = request.headers();
    let own = headers.get_all(ORIGIN).iter().all(|origin| {
        origin
            .as_bytes()
            .eq_ignore_ascii_case(format!("http://{host}").as_bytes())
    });
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

/// Whether an authority is `localhost` or a literal loopback address, with any port.
fn is_loopback(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        // The colon of an IPv6 literal without a port stands before its bracket.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port_is_odd = port.is_some_and(|port| port.parse::<u16>().is_err());
    let literal = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let loopback = match literal {
        Some(literal) => literal.parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback()),
        None => {
            host.eq_ignore_ascii_case("localhost")
                || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
        }
    };
    loopback && !port_is_odd
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_this_server() {
        for host in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1",
            "127.0.0.1:7700",
            "127.9.9.9",
            "[::1]",
            "[::1]:80",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "127.0.0.1@example.com",
            "user@localhost",
            "localhost:",
            "localhost:x",
            "localhost:70000",
            "localhost.",
            "10.0.0.1",
            "0.0.0.0",
            "[::]",
            "[::ffff:127.0.0.1]",
            "::1",
            "[::1",
            "127.1",
            "2130706433",
            "localhost:80:80",
            "localhost/",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
