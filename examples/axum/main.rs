//! A shop behind axum with the maintenance layer: a page, an API under `/api` with a stream of events, and two probes.

use std::convert::Infallible;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use futures_util::{StreamExt, stream};
use intermission::{
    Cidr, ClientSource, MaintenanceLayer, Mode, PolicyHandle, Poller, TrustedProxies,
};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{RwLock, watch};

/// A shop behind the maintenance layer
#[derive(Debug, Parser)]
struct Options {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// URL of the state of the service; one for each replica of control
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:7700/v1/services/shop/state"
    )]
    state: Vec<String>,

    /// File with the token of the polls [default: the variable INTERMISSION_NODE_TOKEN]
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Trust the CAs in this file, in PEM, and no others
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// Refuse requests if control has not answered for this many seconds
    #[arg(long, value_name = "SECONDS")]
    lease: Option<u64>,

    /// Proxy whose X-Forwarded-For names the client; may be given several times
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    trusted_proxies: Vec<Cidr>,

    /// Leave the layer out, for a shop behind an Envoy with the edge filter
    #[arg(long, conflicts_with_all = ["state", "token_file", "ca_file", "lease", "trusted_proxies"])]
    without_layer: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let options = Options::parse();

    let (app, policy) = if options.without_layer {
        (app(&PolicyHandle::default()), None)
    } else {
        let policy = policy(&options).await?;
        // Added last, so that it is the outermost layer.
        let app = app(&policy).layer(layer(&options, policy.clone()));
        (app, Some(policy))
    };

    let listener = TcpListener::bind(options.listen)
        .await
        .with_context(|| options.listen.to_string())?;
    println!("listening on http://{}", listener.local_addr()?);
    // The layer takes the client's address from the connection.
    axum::serve(
        listener,
        app.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(stopped()?)
    .await?;
    if let Some(policy) = policy {
        // Otherwise control reports this node as lost.
        policy.leave().await;
    }
    Ok(())
}

/// The policy of the service, which follows control.
async fn policy(options: &Options) -> anyhow::Result<PolicyHandle> {
    let poller = match &options.ca_file {
        Some(file) => Poller::new_with_ca_file(options.state.clone(), file)?,
        None => Poller::new(options.state.clone())?,
    };
    let mut poller = poller.with_interval(Duration::from_millis(500));
    if let Some(lease) = options.lease {
        poller = poller.with_lease(Duration::from_secs(lease));
    }
    // Control requires a token; a file or a web server may not.
    if let Some(file) = &options.token_file {
        poller = poller.with_token_file(file)?;
    } else if let Ok(token) = std::env::var("INTERMISSION_NODE_TOKEN") {
        poller = poller.with_token(&token)?;
    }
    Ok(poller.start().await)
}

fn layer(options: &Options, policy: PolicyHandle) -> MaintenanceLayer {
    let layer = MaintenanceLayer::new(policy);
    if options.trusted_proxies.is_empty() {
        return layer;
    }
    let proxies = TrustedProxies::new(options.trusted_proxies.iter().copied().collect());
    layer.with_client_source(ClientSource::XForwardedFor(proxies))
}

fn app(policy: &PolicyHandle) -> Router {
    Router::new()
        .route("/", get(front_page))
        .route("/api/orders", get(orders).post(order))
        .route("/api/orders/events", get(events))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readiness))
        .with_state(Shop {
            orders: Arc::default(),
            latest: watch::Sender::default(),
            policy: policy.clone(),
        })
}

#[derive(Clone)]
struct Shop {
    orders: Arc<RwLock<Vec<Order>>>,
    latest: watch::Sender<Order>,
    policy: PolicyHandle,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Order {
    item: String,
}

/// Not ready until control has answered: before the answer this node does not know whether the service is in maintenance.
async fn readiness(State(shop): State<Shop>) -> (StatusCode, &'static str) {
    if shop.policy.is_provisional() {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "control has not answered\n",
        )
    } else {
        (StatusCode::OK, "ready\n")
    }
}

/// Sends each new order until maintenance begins. `enter --wait` would wait for a stream that goes on.
async fn events(State(shop): State<Shop>) -> impl IntoResponse {
    let events = stream::unfold(shop.latest.subscribe(), async |mut latest| {
        latest.changed().await.ok()?;
        let event = Event::default().data(&latest.borrow_and_update().item);
        Some((Ok::<_, Infallible>(event), latest))
    });
    let maintenance = shop.policy.until(|state| state.maintenance != Mode::Off);
    Sse::new(events.take_until(maintenance)).keep_alive(KeepAlive::default())
}

async fn front_page() -> Html<&'static str> {
    Html(include_str!("front-page.html"))
}

async fn orders(State(shop): State<Shop>) -> Json<Vec<Order>> {
    Json(shop.orders.read().await.clone())
}

async fn order(State(shop): State<Shop>, Json(order): Json<Order>) -> (StatusCode, Json<Order>) {
    shop.orders.write().await.push(order.clone());
    shop.latest.send_replace(order.clone());
    (StatusCode::CREATED, Json(order))
}

/// Ends at the first SIGINT or SIGTERM.
fn stopped() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => (),
            _ = terminate.recv() => (),
        }
    })
}
