//! A shop on axum that says "welcome": `bare`; behind the layer (`open`, `allowlisted` or `refused`), which is a layer of the
//! router or, `around-`, encloses it, or that has a long allowlist (`crowded`); behind a layer that does next to nothing
//! (`set-status`); or behind a middleware written by hand (`by-hand`, or `by-hand-refused`). One thread serves.
//!
//! Prints where it listens.

use std::convert::Infallible;
use std::net::SocketAddr;

use anyhow::{Result, bail};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, ServiceExt as _};
use http::StatusCode;
use intermission::{MaintenanceLayer, PolicyHandle};
use intermission_benches::layer::{by_hand, state};
use intermission_benches::proxies::cidrs;
use tokio::net::TcpListener;
use tower::Service;
use tower_http::set_status::SetStatusLayer;

fn main() -> Result<()> {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_io()
        .build()?;
    runtime.block_on(async { tokio::spawn(run(mode)).await? })
}

async fn run(mode: String) -> Result<()> {
    let app = Router::new().route("/", get(|| async { "welcome" }));
    match &*mode {
        "bare" => serve(app).await,
        "open" => serve(app.layer(layer("off", false))).await,
        // This host is on it.
        "allowlisted" => serve(app.layer(layer("all", true))).await,
        "refused" => serve(app.layer(layer("all", false))).await,
        "around-open" => serve(layer("off", false).around(app)).await,
        "around-refused" => serve(layer("all", false).around(app)).await,
        // With 10,000 on the list, and this host is not.
        "crowded" => serve(crowded().around(app)).await,
        "set-status" => serve(app.layer(SetStatusLayer::new(StatusCode::OK))).await,
        "by-hand" => serve(by_hand(app, false)).await,
        "by-hand-refused" => serve(by_hand(app, true)).await,
        mode => bail!("{mode:?} is no mode"),
    }
}

async fn serve<S>(app: S) -> Result<()>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, app).await?)
}

fn layer(maintenance: &str, allowlist: bool) -> MaintenanceLayer {
    let mut state = state(1, maintenance);
    state.allowlist.enabled = allowlist;
    MaintenanceLayer::new(PolicyHandle::new(state))
}

fn crowded() -> MaintenanceLayer {
    let mut state = state(1, "all");
    state.allowlist.enabled = true;
    let cidrs = cidrs(10_000);
    state.allowlist.cidrs = cidrs.iter().filter_map(|cidr| cidr.parse().ok()).collect();
    MaintenanceLayer::new(PolicyHandle::new(state))
}
