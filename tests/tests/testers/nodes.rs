//! A control, and a node of each kind.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use intermission::{MaintenanceLayer, PolicyHandle, Poller};
use intermission_testkit::LONG;
use intermission_testkit::control::{Control, Home};
use intermission_testkit::envoy::{Edge, Envoy};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tonic::service::Routes;

/// A control with the service `shop`, and its nodes: an axum, a tonic, and an Envoy before an application that knows nothing of
/// maintenance.
pub(crate) struct Nodes {
    pub(crate) home: Home,
    pub(crate) control: Control,
    pub(crate) envoy: Envoy,
    /// Where axum, tonic and Envoy listen.
    pub(crate) addresses: [SocketAddr; 3],
    /// What has reached the applications.
    pub(crate) received: Received,
}

/// Requests as the applications have received them, with headers and bodies.
#[derive(Clone, Default)]
pub(crate) struct Received(Arc<Mutex<Vec<String>>>);

impl Received {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// An application that keeps what it receives: a page, and for gRPC no method.
    pub(crate) fn application(&self) -> Router {
        let received = self.clone();
        let keep = async move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let body = String::from_utf8_lossy(&body).into_owned();
            let is_grpc = headers
                .get("content-type")
                .is_some_and(|kind| kind.as_bytes().starts_with(b"application/grpc"));
            let request = format!("{method} {uri}\n{headers:?}\n{body}");
            received.0.lock().unwrap().push(request);
            if is_grpc {
                let unimplemented = [("content-type", "application/grpc"), ("grpc-status", "12")];
                return unimplemented.into_response();
            }
            page(uri.path())
        };
        Router::new().fallback(keep)
    }
}

/// A page; that of `/kept` is one that a cache likes to keep.
fn page(path: &str) -> Response {
    let caching = match path {
        "/kept" => "public, max-age=600",
        _ => "no-cache",
    };
    let page = Html("<!doctype html><title>the shop</title><h1>the shop</h1>");
    ([("cache-control", caching)], page).into_response()
}

impl Nodes {
    /// Starts all of them, with logs of every level.
    pub(crate) async fn start() -> Self {
        let home = Home::new();
        let mut command = home.binary();
        command.env("INTERMISSION_LOG", "trace");
        let control = home.start_by(command);
        control.add("shop");
        let token = control.token(&json!({ "name": "nodes", "role": "node" }));
        let received = Received::default();
        let poll = |name: &'static str| {
            let poller = Poller::new(&*format!(
                "http://{}/v1/services/shop/state",
                control.address
            ));
            let poller = poller.unwrap().with_token(&token).unwrap().with_name(name);
            let poller = poller.with_wait(Duration::from_secs(2));
            async {
                let policy = poller.start().await;
                timeout(LONG, policy.answered()).await.unwrap();
                policy
            }
        };
        let axum = axum(poll("axum").await, received.application()).await;
        let tonic = tonic(poll("tonic").await, received.application()).await;
        let mut edge = Edge::new(control.address.parse().unwrap()).with_plugin(json!({
            "path": "/v1/services/shop/state",
            "authority": control.address,
            "token": token,
            "node": "envoy",
            "wait": 2,
            "read_bodies": true,
        }));
        edge.reads_bodies = true;
        edge.application = Some(serve(received.application()).await);
        let envoy = edge.start().await;
        let nodes = Self {
            home,
            addresses: [axum, tonic, envoy.address()],
            control,
            envoy,
            received,
        };
        nodes.control.until(|| {
            let fleet = nodes.control.get("/v1/services/shop/fleet").json();
            fleet["nodes"].as_array().unwrap().len() == 3
        });
        nodes
    }

    /// Runs the command, which succeeds.
    pub(crate) async fn run(&self, line: &str) -> String {
        let mut command: Command = self.home.binary();
        command
            .args(["--server", &format!("http://{}", self.control.address)])
            .args(line.split(' '));
        let mut command = tokio::process::Command::from(command);
        let output = timeout(LONG, command.output()).await.unwrap().unwrap();
        let [out, err] =
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
        assert!(output.status.success(), "{line}: {out}{err}");
        out
    }

    /// Makes a pass of this name.
    pub(crate) async fn pass(&self, line: &str) -> String {
        let made = self
            .run(&format!("pass create shop {line} --output json"))
            .await;
        let made: Value = serde_json::from_str(&made).unwrap();
        made["pass"].as_str().unwrap().to_owned()
    }
}

/// An axum with the layer.
async fn axum(policy: PolicyHandle, app: Router) -> SocketAddr {
    serve(app.layer(MaintenanceLayer::new(policy))).await
}

pub(crate) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async { axum::serve(listener, app).await });
    address
}

/// A tonic with the layer, which speaks HTTP/1.1 too.
async fn tonic(policy: PolicyHandle, app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = stream::unfold(listener, async |listener| {
        let accepted = listener.accept().await.map(|(socket, _)| socket);
        Some((accepted, listener))
    });
    let server = tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(MaintenanceLayer::new(policy))
        .add_routes(Routes::from(app));
    tokio::spawn(server.serve_with_incoming(Box::pin(accepted)));
    address
}
