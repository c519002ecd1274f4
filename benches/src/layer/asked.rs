//! What is asked, and the services that answer.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HOST, HeaderValue, REFERER,
    USER_AGENT,
};
use http::{HeaderName, Request, Response, StatusCode, Uri, Version};
use intermission::Peer;
use tower::Service;

/// The client of every request that tells its peer; it is on the [allowlist](super::state).
pub(super) const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 3, 7, 1));

/// A request for nothing but a path, which cannot be made before the `last` answer is known.
pub(super) fn plain(last: StatusCode) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = Uri::from_static("/basket/items");
    let versions = [Version::HTTP_11, Version::HTTP_10];
    *request.version_mut() = versions[usize::from(last.is_informational())];
    request
}

/// The same over a connection whose peer is known.
pub(super) fn known(last: StatusCode) -> Request<Body> {
    let mut request = plain(last);
    request.extensions_mut().insert(Peer::Address(CLIENT));
    request
}

/// The same as a proxy forwards it.
#[cfg(feature = "contenders")]
pub(super) fn forwarded(last: StatusCode) -> Request<Body> {
    let mut request = known(last);
    let name = HeaderName::from_static("x-forwarded-for");
    request
        .headers_mut()
        .insert(name, HeaderValue::from_static("10.3.7.1"));
    request
}

/// The same as a browser asks it, with eight headers.
pub(super) fn browser(last: StatusCode) -> Request<Body> {
    const HEADERS: [(HeaderName, &str); 8] = [
        (HOST, "shop.example"),
        (
            USER_AGENT,
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        ),
        (
            ACCEPT,
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        ),
        (ACCEPT_LANGUAGE, "en-US,en;q=0.5"),
        (ACCEPT_ENCODING, "gzip, deflate, br, zstd"),
        (REFERER, "https://shop.example/"),
        (COOKIE, "session=4f1c0d7e9a5b"),
        (HeaderName::from_static("sec-fetch-mode"), "navigate"),
    ];
    let mut request = known(last);
    request
        .headers_mut()
        .extend(HEADERS.map(|(name, value)| (name, HeaderValue::from_static(value))));
    request
}

/// A service that does nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nothing;

impl Service<Request<Body>> for Nothing {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    // No layer may see through it.
    #[inline(never)]
    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Ok(Response::new(Body::empty())))
    }
}

/// A service that does nothing but say what its answer is made of, as every real one does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Typed;

impl Service<Request<Body>> for Typed {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    #[inline(never)]
    fn call(&mut self, _: Request<Body>) -> Self::Future {
        let mut response = Response::new(Body::empty());
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        ready(Ok(response))
    }
}

/// A router of axum's with one route, which says as much.
pub(super) fn router() -> Router {
    Router::new().route("/basket/items", get(|| async { "welcome" }))
}
