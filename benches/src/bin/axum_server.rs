//! A shop on axum that says "welcome": `bare`, behind the layer (`open`, `allowlisted` or `refused`), or behind a
//! middleware written by hand (`by-hand`, or `by-hand-refused`). One thread serves.
//!
//! Prints where it listens, and ends when its standard input does.

use std::io::Read as _;
use std::net::SocketAddr;

use anyhow::{Result, bail};
use axum::Router;
use axum::routing::get;
use intermission::{MaintenanceLayer, PolicyHandle};
use intermission_benches::layer::{by_hand, state};
use tokio::net::TcpListener;

fn main() -> Result<()> {
    let app = Router::new().route("/", get(|| async { "welcome" }));
    let app = match std::env::args().nth(1).as_deref() {
        Some("bare") => app,
        Some("open") => app.layer(layer("off", false)),
        // The allowlist of the benches ends with this host.
        Some("allowlisted") => app.layer(layer("all", true)),
        Some("refused") => app.layer(layer("all", false)),
        Some("by-hand") => by_hand(app, false),
        Some("by-hand-refused") => by_hand(app, true),
        mode => bail!("{mode:?} is no mode"),
    };
    std::thread::spawn(|| {
        let mut nothing = [0];
        while std::io::stdin()
            .read(&mut nothing)
            .is_ok_and(|read| read > 0)
        {}
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_io()
        .build()?;
    runtime.block_on(async {
        let server = tokio::spawn(serve(app));
        server.await?
    })
}

async fn serve(app: Router) -> Result<()> {
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
