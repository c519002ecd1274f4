//! Two instances of a shop, each behind the layer, with one switch.

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN};
use axum::routing::{get, post};
use intermission::{ClientSource, MaintenanceLayer, PolicyHandle, State, TrustedProxies};
use intermission_testkit::document;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The shop.
pub(crate) struct Shop {
    policy: PolicyHandle,
    /// Where its instances listen.
    pub(crate) instances: [SocketAddr; 2],
}

impl Shop {
    /// The shop, open.
    pub(crate) async fn open() -> Self {
        let policy = PolicyHandle::new(state(1, &json!({ "maintenance": "off" })));
        let instances = [serve(&policy).await, serve(&policy).await];
        Self { policy, instances }
    }

    /// Puts a state with these members in force.
    pub(crate) fn put(&self, members: &Value) {
        let revision = self.policy.state().revision + 1;
        self.policy.swap(state(revision, members));
    }

    /// Refuses everything but what is exempt by default.
    pub(crate) fn close(&self) {
        self.put(&json!({ "maintenance": "all" }));
    }
}

fn state(revision: u64, members: &Value) -> State {
    State::parse(&document(revision, members)).unwrap()
}

async fn serve(policy: &PolicyHandle) -> SocketAddr {
    let local = ["127.0.0.0/8".parse().unwrap()].into_iter().collect();
    let layer = MaintenanceLayer::new(policy.clone())
        .with_client_source(ClientSource::XForwardedFor(TrustedProxies::new(local)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app()
        .layer(layer)
        .into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// Pages, a health check, an answer for other origins, and what reaches the application of a request.
fn app() -> Router {
    let shared = |headers: HeaderMap| async move {
        let origin = headers.get(ORIGIN).cloned();
        let lines: HeaderMap = origin
            .map(|origin| (ACCESS_CONTROL_ALLOW_ORIGIN, origin))
            .into_iter()
            .collect();
        (lines, "for another origin")
    };
    let seen = |request: Request| async move {
        let lines = request.headers().iter();
        let lines = lines.map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()));
        lines.collect::<String>()
    };
    Router::new()
        .route("/", get(|| async { "the shop" }))
        .route("/healthz", get(|| async { "well" }))
        .route("/shared", get(shared))
        .route("/seen", get(seen))
        .route("/webhooks/pay", post(|| async { "noted" }))
        .route("/.well-known/openid-configuration", get(|| async { "{}" }))
}
