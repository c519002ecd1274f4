//! What the layer puts into extensions, and what caches are allowed to keep.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use intermission::{Decision, Kind, MaintenanceLayer, Mode, PolicyHandle, Reason, Verdict};
use tower::{Layer, Service, ServiceExt};

use super::app::{App, STRANGER, TESTER, closed, request, text};

#[tokio::test]
async fn an_open_service_is_left_alone() {
    let app = MaintenanceLayer::new(PolicyHandle::default()).layer(App);
    let response = app.oneshot(request(Method::GET, "/", None)).await.unwrap();
    assert_eq!(response.extensions().get::<Decision>(), None);
    assert_eq!(response.headers()["cache-control"], "public, max-age=3600");
    assert_eq!(text(response).await, "None");
}

#[tokio::test]
async fn nothing_is_put_into_extensions_by_default() {
    #[derive(Clone)]
    struct Alone;
    impl Service<Request<String>> for Alone {
        type Response = Response<Full<Bytes>>;
        type Error = Infallible;
        type Future = Ready<Result<Self::Response, Self::Error>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request<String>) -> Self::Future {
            assert_eq!(request.extensions().len(), 1, "the peer, and nothing else");
            ready(Ok(Response::default()))
        }
    }
    let policy = PolicyHandle::new(closed());
    let app = MaintenanceLayer::new(policy.clone()).layer(Alone);
    for mode in [Mode::All, Mode::Writes, Mode::Off] {
        let mut state = policy.state();
        state.maintenance = mode;
        policy.swap(state);
        for (client, path) in [(TESTER, "/"), (STRANGER, "/"), (STRANGER, "/healthz")] {
            let request = request(Method::POST, path, Some(client));
            let response = app.clone().oneshot(request).await.unwrap();
            assert!(response.extensions().is_empty(), "{mode} {path}");
        }
    }
}

#[tokio::test]
async fn a_stranger_is_refused_and_the_response_says_by_which_rule() {
    let app = MaintenanceLayer::new(PolicyHandle::new(closed()))
        .with_extensions()
        .layer(App);
    let response = app
        .oneshot(request(Method::GET, "/", Some(STRANGER)))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.headers()["intermission"], "refused;revision=17");
    let decision = *response.extensions().get::<Decision>().unwrap();
    assert_eq!(
        decision,
        Decision {
            verdict: Verdict::Refuse(Kind::Page),
            revision: 17
        }
    );
    assert!(text(response).await.starts_with("<!doctype html>"));
}

#[tokio::test]
async fn a_tester_passes_and_what_it_sees_stays_out_of_caches() {
    let app = MaintenanceLayer::new(PolicyHandle::new(closed()))
        .with_extensions()
        .layer(App);
    let response = app
        .oneshot(request(Method::GET, "/", Some(TESTER)))
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    assert!(!response.headers().contains_key("cdn-cache-control"));
    assert!(!response.headers().contains_key("expires"));
    let verdict = Verdict::Admit(Reason::Allowlisted);
    assert_eq!(
        response.extensions().get::<Decision>().unwrap().verdict,
        verdict
    );
    assert_eq!(text(response).await, format!("{:?}", Some(verdict)));
}

#[tokio::test]
async fn other_admitted_responses_keep_their_cache_headers() {
    let app = MaintenanceLayer::new(PolicyHandle::new(closed()))
        .with_extensions()
        .layer(App);
    let response = app
        .oneshot(request(Method::GET, "/healthz", None))
        .await
        .unwrap();
    assert_eq!(response.headers()["cache-control"], "public, max-age=3600");
    assert_eq!(
        response
            .extensions()
            .get::<Decision>()
            .unwrap()
            .verdict
            .rule(),
        "exempt"
    );
}
