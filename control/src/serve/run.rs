use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::Timestamp;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::keeper::Keeper;
use crate::places::StateHome;
use crate::serve::app::{App, router};
use crate::serve::hold::Hold;
use crate::serve::listen::listen;
use crate::serve::token_file;
use crate::store::Store;

/// How long requests that run when control is told to stop may still take.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until SIGINT or SIGTERM.
pub(crate) fn run(address: SocketAddr, data: Option<PathBuf>) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none())
        .with_target(false)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve(address, data))
}

async fn serve(address: SocketAddr, data: Option<PathBuf>) -> anyhow::Result<()> {
    // Before anything else, so that no signal finds the default handler.
    let stop = stop_signal()?;
    let home = StateHome::from_env();
    let data = data
        .or_else(|| Some(home.as_ref()?.data().to_owned()))
        .context("neither XDG_STATE_HOME nor HOME is set; name the data folder with --data")?;
    let mut store = Store::open(&data, Timestamp::now())?;
    let data = data.canonicalize()?;
    token_file::settle(&data, &mut store)?;
    let keeper = Keeper::new(store)?;
    let listener = listen(address).await?;
    let address = listener.local_addr()?;
    let linked = home.map(|home| token_file::link(&home, &address.to_string(), &data));
    if !matches!(linked, Some(Ok(()))) {
        let error = linked.and_then(Result::err).map(|error| error.to_string());
        warn!(
            error,
            "the command does not find the token by itself; give it --token-file"
        );
    }
    say_ready(address, &data)?;
    info!(%address, data = %data.display(), services = keeper.services().len(), "started");
    let app = Arc::new(App {
        keeper,
        hold: Hold::new(stop.clone()),
    });
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(stopped(stop.clone()));
    tokio::select! {
        done = async { server.await } => done?,
        () = async {
            stopped(stop).await;
            info!("stopping");
            tokio::time::sleep(GRACE).await;
        } => warn!("stopped with requests still running"),
    }
    info!("stopped");
    Ok(())
}

/// One line, for people and for whatever starts control and waits for it.
fn say_ready(address: SocketAddr, data: &std::path::Path) -> io::Result<()> {
    let token = token_file::path(data);
    let mut out = io::stdout();
    writeln!(
        out,
        "listening on http://{address}, data in {}, operator token in {}",
        data.display(),
        token.display()
    )?;
    out.flush()
}

/// Becomes true when the process is told to stop.
fn stop_signal() -> io::Result<watch::Receiver<bool>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (told, stop) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        told.send_replace(true);
    });
    Ok(stop)
}

/// Ends when `stop` becomes true.
async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone, which sends before it goes.
    let _ = stop.wait_for(|stop| *stop).await;
}
