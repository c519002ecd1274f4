//! Routers that change the path before the layer.

use http::{Request, StatusCode};
use intermission::{MaintenanceLayer, PolicyHandle};
use tower::ServiceExt;

use super::shop::closed;

#[tokio::test]
async fn a_nested_router_is_judged_by_the_path_that_the_client_asked_for() {
    let inner = axum::Router::new()
        .route("/healthz", axum::routing::get(|| async { "secret" }))
        .layer(MaintenanceLayer::new(PolicyHandle::new(closed())));
    let app = axum::Router::new().nest("/admin", inner);
    let request = Request::get("/admin/healthz")
        .body(axum::body::Body::empty())
        .unwrap();
    assert_eq!(
        app.oneshot(request).await.unwrap().status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
}

#[tokio::test]
async fn a_rewritten_path_is_judged_as_it_was_and_as_it_is() {
    use axum::Router;
    use axum::body::Body;
    use axum::routing::get;

    let mut state = closed();
    state.scope.paths.push("/admin".parse().unwrap());
    state.scope.paths.push("/old".parse().unwrap());
    let policy = PolicyHandle::new(state);
    let layer = || MaintenanceLayer::new(policy.clone());
    // Something between an outer router and the layer rewrites the path.
    let inner = Router::new()
        .fallback(get(async || "secret"))
        .layer(layer());
    let rewrite = |mut request: Request<Body>| {
        let path = request.uri().path().trim_start_matches("/go").to_owned();
        let query = request.uri().query().unwrap_or_default().to_owned();
        *request.uri_mut() = if query.is_empty() { path } else { query }.parse().unwrap();
        request
    };
    let rewritten = Router::new().fallback_service(
        tower::ServiceBuilder::new()
            .map_request(rewrite)
            .service(inner),
    );
    // A nested router sees the end of the path, and `/` where nothing is left.
    let nested = Router::new()
        .route("/", get(async || "secret"))
        .route("/users", get(async || "secret"))
        .route("/old", get(async || "secret"))
        .layer(layer());
    let app = Router::new()
        .nest("/nested", nested.clone())
        .nest("/tenants/{tenant}", nested.clone())
        .nest("/inner", rewritten.clone())
        .nest("/admin", nested)
        .fallback_service(rewritten);
    for (path, expected) in [
        ("/nested", 200),
        ("/nested/users", 200),
        ("/admin", 503),
        ("/admin/users", 503),
        ("/blog", 200),
        // Out of scope as it was, in scope as it is, and the reverse.
        ("/blog?/admin/users", 503),
        ("/old/page?/blog", 503),
        ("/blog?/other", 200),
        // What is taken off is a router's own, or it is not.
        ("/nested/old", 200),
        ("/tenants/one/old", 200),
        ("/go/admin/users", 503),
        ("/go/blog", 200),
        ("/inner/go/admin/users", 503),
        ("/inner/go/blog", 200),
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), expected, "{path}");
    }
}
