//! What the layer allocates for a request, beyond what the service does.
#![cfg(test)]

use std::convert::Infallible;
use std::fmt::Debug;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use http_body_util::Full;
use intermission::{MaintenanceLayer, Peer, PolicyHandle, State};
use intermission_core::{Pass, PassDigest};
use tower::{Layer, Service};

/// Says what its answer is made of, as every service does.
#[derive(Clone)]
struct App;

impl Service<Request<Full<Bytes>>> for App {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        let mut response = Response::new(Full::default());
        let html = HeaderValue::from_static("text/html");
        response.headers_mut().insert(CONTENT_TYPE, html);
        ready(Ok(response))
    }
}

fn state(maintenance: &str) -> State {
    let document = format!(
        r#"{{ "version": 1, "service": "shop", "revision": 17, "maintenance": "{maintenance}",
        "allowlist": {{ "enabled": true, "cidrs": ["203.0.113.0/24"] }} }}"#
    );
    State::parse(document.as_bytes()).unwrap()
}

fn request(path: &'static str, headers: &HeaderMap) -> Request<Full<Bytes>> {
    let mut request = Request::new(Full::default());
    *request.uri_mut() = Uri::from_static(path);
    *request.headers_mut() = headers.clone();
    let tester = IpAddr::from([203, 0, 113, 9]);
    request.extensions_mut().insert(Peer::Address(tester));
    request
}

fn browser() -> HeaderMap {
    let header = |(name, value)| (name, HeaderValue::from_static(value));
    [
        (http::header::HOST, "shop.example"),
        (http::header::ACCEPT, "text/html,*/*;q=0.8"),
        (http::header::ACCEPT_LANGUAGE, "de"),
        (http::header::COOKIE, "session=1"),
    ]
    .map(header)
    .into_iter()
    .collect()
}

/// How many allocations an answer takes, once the thread has answered before.
#[track_caller]
fn allocations<S, B>(mut service: S, path: &'static str, expected: StatusCode) -> [u64; 2]
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error: Debug>,
{
    let headers = [HeaderMap::new(), browser()];
    headers.map(|headers| allocations_of(&mut service, path, &headers, expected))
}

/// The same for a request with these headers.
#[track_caller]
fn allocations_of<S, B>(
    service: &mut S,
    path: &'static str,
    headers: &HeaderMap,
    expected: StatusCode,
) -> u64
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>, Error: Debug>,
{
    let mut answer = || {
        let request = request(path, headers);
        let allocations = allocation_counter::measure(|| {
            let mut cx = Context::from_waker(Waker::noop());
            let future = pin!(service.call(request));
            let Poll::Ready(answer) = future.poll(&mut cx) else {
                panic!("no answer");
            };
            assert_eq!(answer.unwrap().status(), expected);
        });
        allocations.count_total
    };
    // Each `Retry-After` that it draws is shared from the second time on.
    for _ in 0..1000 {
        answer();
    }
    answer()
}

#[test]
fn an_admitted_request_takes_none() {
    let bare = allocations(App, "/", StatusCode::OK);
    for (maintenance, path) in [
        ("off", "/"),
        ("off", "/healthz"),
        ("all", "/"),
        ("all", "/healthz"),
        ("writes", "/"),
    ] {
        let layer = MaintenanceLayer::new(PolicyHandle::new(state(maintenance)));
        assert_eq!(
            allocations(layer.layer(App), path, StatusCode::OK),
            bare,
            "{maintenance} {path}"
        );
    }
}

#[test]
fn a_refused_request_takes_those_of_its_headers() {
    let mut closed = state("all");
    closed.allowlist.enabled = false;
    let layer = MaintenanceLayer::new(PolicyHandle::new(closed));
    let refused = allocations(layer.layer(App), "/", StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused, [2, 2]);
}

#[test]
fn a_pass_takes_none_whether_it_is_known_or_not() {
    const PASS: &str = "imp_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNO-_";
    let mut closed = state("all");
    closed.allowlist.cidrs.clear();
    closed.allowlist.passes = vec![Pass::new(PassDigest::of(PASS.as_bytes()), None)];
    let layer = MaintenanceLayer::new(PolicyHandle::new(closed));
    let refused = allocations(layer.layer(App), "/", StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused, [2, 2]);
    let strange = PASS.replace("abc", "cba");
    for (pass, status, taken) in [
        (PASS, StatusCode::OK, 0),
        (&strange, StatusCode::SERVICE_UNAVAILABLE, 2),
    ] {
        let mut headers = HeaderMap::new();
        headers.insert("intermission-pass", pass.parse().unwrap());
        let bare = allocations_of(&mut App, "/", &headers, StatusCode::OK);
        let bare = if status == StatusCode::OK { bare } else { 0 };
        let ours = allocations_of(&mut layer.layer(App), "/", &headers, status);
        assert_eq!(ours, bare + taken, "{pass}");
    }
}

#[cfg(feature = "axum")]
#[test]
fn in_axum_it_takes_one_more_than_the_router_or_a_layer_that_sets_the_status() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;
    use tower::ServiceExt;
    use tower::util::MapResponseLayer;

    let router = || Router::new().route("/", get(|| async {}));
    let status = StatusCode::OK;
    let other = router().layer(MapResponseLayer::new(
        move |mut response: Response<Body>| {
            *response.status_mut() = status;
            response
        },
    ));
    let layer = MaintenanceLayer::new(PolicyHandle::new(state("off")));
    // For the requests of this test.
    let around = layer
        .around(router())
        .map_request(|request: Request<Full<Bytes>>| request.map(Body::new));
    // axum boxes each body that is not its own.
    for (ours, other) in [
        (
            allocations(around, "/", StatusCode::OK),
            allocations(router(), "/", StatusCode::OK),
        ),
        (
            allocations(router().layer(layer), "/", StatusCode::OK),
            allocations(other, "/", StatusCode::OK),
        ),
    ] {
        assert_eq!(ours, other.map(|count| count + 1));
    }
}

#[test]
fn many_layers_on_one_thread_take_no_more_than_one() {
    let mut closed = state("all");
    closed.allowlist.enabled = false;
    let states = [state("off"), closed].into_iter().cycle().take(40);
    let layers = states.map(|state| MaintenanceLayer::new(PolicyHandle::new(state)).layer(App));
    let bare = allocations(App, "/", StatusCode::OK);
    // By turns, as when a router has a layer for each of its services.
    let mut by_turns: Vec<_> = layers.collect();
    let mut all = |expected: StatusCode, first: usize| {
        let mut total = [0, 0];
        for service in by_turns.iter_mut().skip(first).step_by(2) {
            for (total, headers) in total.iter_mut().zip([HeaderMap::new(), browser()]) {
                let request = request("/", &headers);
                let counted = allocation_counter::measure(|| {
                    let mut cx = Context::from_waker(Waker::noop());
                    let Poll::Ready(answer) = pin!(service.call(request)).poll(&mut cx) else {
                        panic!("no answer");
                    };
                    assert_eq!(answer.unwrap().status(), expected);
                });
                *total += counted.count_total;
            }
        }
        total
    };
    // Each `Retry-After` that a layer draws is shared from the second time on.
    for _ in 0..1000 {
        all(StatusCode::OK, 0);
        all(StatusCode::SERVICE_UNAVAILABLE, 1);
    }
    assert_eq!(all(StatusCode::OK, 0), bare.map(|count| 20 * count));
    assert_eq!(all(StatusCode::SERVICE_UNAVAILABLE, 1), [40, 40]);
}
