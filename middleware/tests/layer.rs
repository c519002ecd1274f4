//! The layer around services that are called directly.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test does not expect ends it"
)]

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::IpAddr;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use intermission::{
    Decision, Kind, MaintenanceLayer, Mode, Peer, PolicyHandle, Reason, State, Verdict,
};
use tower::{Layer, Service, ServiceExt};

const TESTER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 9));
const STRANGER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 7));

/// A service that tells what it finds in the extensions of its requests.
#[derive(Clone)]
struct App;

impl Service<Request<String>> for App {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let found = format!(
            "{:?}",
            request
                .extensions()
                .get::<Decision>()
                .map(|found| found.verdict)
        );
        let response = Response::builder()
            .header("cache-control", "public, max-age=3600")
            .header("cdn-cache-control", "max-age=3600")
            .header("expires", "Thu, 01 Jan 2037 00:00:00 GMT")
            .body(Full::from(found));
        ready(Ok(response.unwrap()))
    }
}

fn closed() -> State {
    let document = r#"{
        "version": 1, "service": "shop", "revision": 17, "maintenance": "all",
        "allowlist": { "enabled": true, "cidrs": ["203.0.113.0/24"] }
    }"#;
    State::parse(document.as_bytes()).unwrap()
}

fn request(method: Method, path: &str, peer: Option<IpAddr>) -> Request<String> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .body(String::new())
        .unwrap();
    if let Some(peer) = peer {
        request.extensions_mut().insert(Peer::Address(peer));
    }
    request
}

async fn text(
    response: Response<impl http_body::Body<Data = Bytes, Error = Infallible>>,
) -> String {
    String::from_utf8(
        response
            .into_body()
            .collect()
            .await
            .unwrap()
            .to_bytes()
            .to_vec(),
    )
    .unwrap()
}

#[tokio::test]
async fn an_open_service_is_left_alone() {
    let app = MaintenanceLayer::new(PolicyHandle::default()).layer(App);
    let response = app.oneshot(request(Method::GET, "/", None)).await.unwrap();
    assert_eq!(response.extensions().get::<Decision>(), None);
    assert_eq!(response.headers()["cache-control"], "public, max-age=3600");
    assert_eq!(text(response).await, "None");
}

#[tokio::test]
async fn unless_told_to_it_puts_nothing_into_extensions() {
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
async fn policies_that_one_thread_sees_by_turns_are_told_apart() {
    let revision = |revision| {
        let mut state = closed();
        state.revision = revision;
        PolicyHandle::new(state)
    };
    let policies: Vec<_> = (1..=20).map(revision).collect();
    for round in 0..3 {
        for policy in &policies {
            let app = MaintenanceLayer::new(policy.clone()).layer(App);
            let request = request(Method::GET, "/", Some(STRANGER));
            let response = app.oneshot(request).await.unwrap();
            let marker = format!("refused;revision={}", policy.state().revision);
            assert_eq!(response.headers()["intermission"], marker, "round {round}");
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

#[tokio::test]
async fn without_a_peer_nobody_is_allowlisted() {
    let app = MaintenanceLayer::new(PolicyHandle::new(closed())).layer(App);
    for peer in [None, Some(Peer::Unknown), Some(Peer::Unix)] {
        let mut request = request(Method::GET, "/", None);
        request
            .headers_mut()
            .insert("x-forwarded-for", "203.0.113.9".parse().unwrap());
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        assert_eq!(
            app.clone().oneshot(request).await.unwrap().status(),
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
}

#[tokio::test]
async fn an_own_function_can_tell_the_client() {
    let layer =
        MaintenanceLayer::new(PolicyHandle::new(closed())).with_client_function(|headers, _| {
            headers
                .get("x-client")
                .and_then(|value| value.to_str().ok())
                .and_then(|text| text.parse().ok())
        });
    let mut request = request(Method::GET, "/", None);
    assert_eq!(
        layer
            .layer(App)
            .oneshot(request.clone())
            .await
            .unwrap()
            .status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    request
        .headers_mut()
        .insert("x-client", "203.0.113.9".parse().unwrap());
    assert_eq!(
        layer.layer(App).oneshot(request).await.unwrap().status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn the_answer_to_head_has_the_headers_of_get_and_no_body() {
    let app = MaintenanceLayer::new(PolicyHandle::new(closed())).layer(App);
    let mut get = app
        .clone()
        .oneshot(request(Method::GET, "/", None))
        .await
        .unwrap();
    let mut head = app.oneshot(request(Method::HEAD, "/", None)).await.unwrap();
    let length = head.headers_mut().remove("content-length").unwrap();
    // Each draws its own.
    for answer in [&mut get, &mut head] {
        assert!(answer.headers_mut().remove("retry-after").is_some());
    }
    assert_eq!(get.headers(), head.headers());
    assert_eq!(length, text(get).await.len().to_string());
    assert_eq!(text(head).await, "");
}

#[tokio::test]
async fn a_swap_counts_for_every_layer_at_once() {
    let policy = PolicyHandle::new(closed());
    let layer = MaintenanceLayer::new(policy.clone());
    let apps = [
        layer.layer(App),
        layer.clone().layer(App),
        MaintenanceLayer::new(policy.clone()).layer(App),
    ];
    for mode in [Mode::Off, Mode::All, Mode::Writes, Mode::Off] {
        let mut state = policy.state();
        state.maintenance = mode;
        state.revision += 1;
        policy.swap(state);
        for app in &apps {
            let response = app
                .clone()
                .oneshot(request(Method::POST, "/", None))
                .await
                .unwrap();
            assert_eq!(response.status() == StatusCode::OK, mode == Mode::Off);
            let response = app
                .clone()
                .oneshot(request(Method::GET, "/", None))
                .await
                .unwrap();
            assert_eq!(response.status() == StatusCode::OK, mode != Mode::All);
        }
    }
}

#[cfg(feature = "axum")]
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

#[cfg(feature = "axum")]
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

#[tokio::test]
async fn those_who_ask_at_once_are_not_told_to_come_back_at_once() {
    let app = MaintenanceLayer::new(PolicyHandle::new(closed())).layer(App);
    let mut times = std::collections::BTreeSet::new();
    for _ in 0..1000 {
        let request = request(Method::GET, "/", None);
        let answer = app.clone().oneshot(request).await.unwrap();
        let seconds = answer.headers()["retry-after"].to_str().unwrap();
        times.insert(seconds.parse::<u64>().unwrap());
    }
    // A tenth more than the 300 s of the default, in steps of 2 s.
    assert_eq!(times, (300..=330).step_by(2).collect());
}

/// A service that tells which headers of an upgrade reach it.
#[derive(Clone)]
struct Upgrading;

impl Service<Request<String>> for Upgrading {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<String>) -> Self::Future {
        let sent = ["connection", "upgrade", "http2-settings"];
        let found = sent.map(|name| request.headers().get(name).cloned());
        ready(Ok(Response::new(format!("{found:?}").into())))
    }
}

#[tokio::test]
async fn an_upgrade_to_h2c_reaches_the_service_while_it_is_open_only() {
    let policy = PolicyHandle::new(closed());
    let app = MaintenanceLayer::new(policy.clone()).layer(Upgrading);
    let seen = async |upgrade: &[&str]| {
        let mut request = request(Method::GET, "/healthz", None);
        let protocols = upgrade.iter().map(|protocol| ("upgrade", *protocol));
        for (name, value) in [
            ("connection", "Upgrade, HTTP2-Settings"),
            ("http2-settings", "AAEAAEAA"),
        ]
        .into_iter()
        .chain(protocols)
        {
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let response = app.clone().oneshot(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    };
    for upgrade in [&["h2c"][..], &["h2c", "H2C"]] {
        assert_eq!(seen(upgrade).await, "[None, None, None]");
    }
    for upgrade in [&["h2c, x"][..], &["x,h2c"], &["x", "h2c"]] {
        assert_eq!(
            seen(upgrade).await,
            r#"[Some("Upgrade"), Some("x"), None]"#,
            "{upgrade:?}"
        );
    }
    let mut open = closed();
    open.maintenance = Mode::Off;
    policy.swap(open);
    assert!(!seen(&["h2c"]).await.contains("None"));
}
