//! A shop behind axum: a page, an API under `/api` and a probe, switched by Intermission.

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use clap::Parser;
use intermission::{Cidr, ClientSource, MaintenanceLayer, PolicyHandle, Poller, TrustedProxies};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::RwLock;

/// A shop behind the maintenance layer
#[derive(Debug, Parser)]
struct Options {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,

    /// Where the state of the service is
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:7700/v1/services/shop/state"
    )]
    state: String,

    /// File with the token to poll with; else INTERMISSION_NODE_TOKEN
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,

    /// Trust the CAs in this file, in PEM, and no others
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,

    /// A proxy whose X-Forwarded-For names the client; may be given again
    #[arg(long = "trusted-proxy", value_name = "CIDR")]
    trusted_proxies: Vec<Cidr>,

    /// Leave the layer out, for an Envoy with the edge filter to stand before the shop
    #[arg(long, conflicts_with_all = ["state", "token_file", "ca_file", "trusted_proxies"])]
    without_layer: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let options = Options::parse();

    let (mut app, mut maintenance) = (app(), None);
    if !options.without_layer {
        let policy = policy(&options).await?;
        // Last, so that it stands before everything else.
        app = app.layer(layer(&options, policy.clone()));
        maintenance = Some(policy);
    }

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
    if let Some(policy) = maintenance {
        // So that nobody waits for a node that is gone.
        policy.leave().await;
    }
    Ok(())
}

/// The policy of the service, which follows control.
async fn policy(options: &Options) -> anyhow::Result<PolicyHandle> {
    let poller = match &options.ca_file {
        Some(file) => Poller::new_with_ca_file(&options.state, file)?,
        None => Poller::new(&options.state)?,
    };
    let mut poller = poller.with_interval(Duration::from_millis(500));
    if let Some(token) = token(options)? {
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

/// What a control asks for; a file or a web server may do without.
fn token(options: &Options) -> anyhow::Result<Option<String>> {
    let Some(file) = &options.token_file else {
        return Ok(std::env::var("INTERMISSION_NODE_TOKEN").ok());
    };
    let token = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(Some(token.trim().to_owned()))
}

fn app() -> Router {
    Router::new()
        .route("/", get(front_page))
        .route("/api/orders", get(orders).post(order))
        .route("/healthz", get(async || "ok\n"))
        .with_state(Orders::default())
}

type Orders = Arc<RwLock<Vec<Order>>>;

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Order {
    item: String,
}

async fn front_page() -> Html<&'static str> {
    Html(include_str!("front-page.html"))
}

async fn orders(State(orders): State<Orders>) -> Json<Vec<Order>> {
    Json(orders.read().await.clone())
}

async fn order(
    State(orders): State<Orders>,
    Json(order): Json<Order>,
) -> (StatusCode, Json<Order>) {
    orders.write().await.push(order.clone());
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
