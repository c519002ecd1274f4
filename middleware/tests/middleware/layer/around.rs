//! The layer around an axum router.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use intermission::{MaintenanceLayer, Mode, PolicyHandle, State};
use tower::ServiceExt;

use super::shop::closed;

#[tokio::test]
async fn it_covers_what_the_router_has_and_has_not() {
    let policy = PolicyHandle::new(closed());
    let routes = Router::new().route("/", get(async || "welcome"));
    let app = MaintenanceLayer::new(policy.clone()).around(routes);
    let answer = async |path: &str| {
        let request = Request::get(path).body(Body::empty()).unwrap();
        app.clone().oneshot(request).await.unwrap()
    };
    for (path, status) in [
        ("/", StatusCode::SERVICE_UNAVAILABLE),
        ("/nowhere", StatusCode::SERVICE_UNAVAILABLE),
        // It is exempt, and the router does not have it.
        ("/healthz", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(answer(path).await.status(), status, "{path}");
    }
    policy.swap(State::initial(closed().service, Mode::Off));
    let body = answer("/").await.into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes(), "welcome");
}
