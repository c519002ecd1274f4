//! `cargo xtask demo`: control, a shop, a greeter, and a shop without the layer behind two Envoys, until Ctrl-C.

mod process;
mod size;
mod token;

use std::net::TcpListener;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::interval;

use self::process::Process;
pub(crate) use self::size::Size;
use crate::system::{self, Chore, Missing};
use crate::workspace::{cargo, command, root, target};
use crate::{step, tools, wasm};

const SHOP: &str = "127.0.0.1:8080";
const GREETER: &str = "127.0.0.1:50051";
// These three as `examples/envoy/envoy.yaml` has them.
const PLAIN_SHOP: &str = "127.0.0.1:8081";
const ENVOY: &str = "127.0.0.1:10000";
const ENVOY_ADMIN: &str = "127.0.0.1:9901";
// These as `examples/envoy/native.yaml` has them.
const NATIVE: &str = "127.0.0.1:10001";
const NATIVE_ADMIN: &str = "127.0.0.1:9902";
const APPS: [(&str, &str); 7] = [
    ("the shop", SHOP),
    ("the greeter", GREETER),
    ("the shop without the layer", PLAIN_SHOP),
    ("Envoy", ENVOY),
    ("Envoy's administration", ENVOY_ADMIN),
    ("Envoy with the dynamic module", NATIVE),
    ("its administration", NATIVE_ADMIN),
];
/// How often the processes are looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Runs the demo until it is interrupted or an app dies.
pub(crate) fn run(size: Size) -> Result<()> {
    check_ports(size)?;
    let chores: &[Chore] = match size {
        Size::One => &[Chore::Demo],
        Size::Replicas => &[Chore::Demo, Chore::Replicas],
    };
    system::check(chores, Missing::Install)?;
    let envoy = prepare(size)?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(play(size, &envoy))
}

/// Builds everything that runs, and returns where Envoy is.
fn prepare(size: Size) -> Result<PathBuf> {
    // At once: Envoy is downloaded, and a large part of the filter's build occupies one processor.
    thread::scope(|scope| {
        let envoy = scope.spawn(tools::envoy);
        let filter = scope.spawn(wasm::build);
        // Without packages, as `cargo intermission` builds it.
        step::run(&mut cargo(
            "build --bin intermission --bin axum --bin tonic",
        ))?;
        if size == Size::One {
            step::run(&mut cargo("build --package intermission-native-filter"))?;
        }
        joined(filter)?;
        joined(envoy)
    })
}

fn joined<T>(work: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    work.join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn check_ports(size: Size) -> Result<()> {
    let mut taken = Vec::new();
    for (name, address) in APPS.into_iter().chain(size.wants()) {
        if let Err(error) = TcpListener::bind(address) {
            taken.push(format!("{name} wants {address}: {error}"));
        }
    }
    if !taken.is_empty() {
        bail!("{}", taken.join("\n"));
    }
    Ok(())
}

async fn play(size: Size, envoy: &Path) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut running = Vec::new();
    let outcome = tokio::select! {
        outcome = run_all(&mut running, size, envoy) => outcome,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        _ = hangup.recv() => Ok(()),
    };
    // The apps first, so that they do not report that control is gone.
    for process in running.into_iter().rev() {
        process.stop().await;
    }
    outcome
}

async fn run_all(running: &mut Vec<Process>, size: Size, envoy: &Path) -> Result<()> {
    size.start(running).await?;
    let servers = running.len();
    let operator = || {
        let mut operator = program("intermission");
        for address in size.controls() {
            operator.args(["--server", &format!("http://{address}")]);
        }
        operator.args(["--token-file", &size.token_file().display().to_string()]);
        operator
    };
    step::run(operator().args(["service", "add", "shop"]))?;
    let token = token::of_the_nodes(&size.folder(), operator())?;

    let file = token.file.display().to_string();
    let states = size.controls().into_iter();
    let states: Vec<_> = states
        .map(|address| format!("http://{address}/v1/services/shop/state"))
        .collect();
    let app = |listen| {
        let states = states.iter().flat_map(|state| ["--state", state]);
        let app = ["--listen", listen, "--token-file", &file];
        app.into_iter().chain(states).collect::<Vec<_>>()
    };
    start(running, "shop", "axum", &app(SHOP)).await?;
    start(running, "greeter", "tonic", &app(GREETER)).await?;
    let plain = ["--listen", PLAIN_SHOP, "--without-layer"];
    start(running, "plain", "axum", &plain).await?;
    let edge = |configuration: &Path, component| {
        let mut edge = command(envoy);
        edge.arg("--config-path").arg(configuration);
        edge.env("INTERMISSION_NODE_TOKEN", &token.text);
        edge.env("ENVOY_DYNAMIC_MODULES_SEARCH_PATH", target().join("debug"));
        edge.args(["--concurrency", "2", "--use-dynamic-base-id"]);
        // Of what Envoy says only what the filter says.
        edge.args(["--log-level", "error", "--component-log-level", component]);
        edge.args(["--log-format", "%v"]);
        edge
    };
    let mut edges = vec![("envoy", edge(&size.envoy_config()?, "wasm:info"), ENVOY)];
    if size == Size::One {
        let configuration = root().join("examples/envoy/native.yaml");
        let native = edge(&configuration, "dynamic_modules:info");
        edges.push(("native", native, NATIVE));
    }
    for (name, command, address) in edges {
        running.push(Process::start(name, command)?);
        if let Some(envoy) = running.last_mut() {
            envoy.accepts(address).await?;
        }
    }
    println!("\n{}", size.what_next());

    let mut pause = interval(LOOK);
    loop {
        pause.tick().await;
        for (place, process) in running.iter_mut().enumerate() {
            let Some(status) = process.has_ended() else {
                continue;
            };
            let name = process.name();
            if place >= servers {
                bail!("{name} ended ({status}), and with it the demo");
            }
            println!("\n{name} ended ({status}). {}", size.again(name));
        }
    }
}

/// Starts a process and waits until it listens.
async fn start(
    running: &mut Vec<Process>,
    name: &'static str,
    binary: &str,
    arguments: &[&str],
) -> Result<()> {
    let mut command = program(binary);
    command.args(arguments);
    running.push(Process::start(name, command)?);
    match running.last_mut() {
        Some(process) => process.ready().await,
        None => Ok(()),
    }
}

/// One of our binaries, with nothing in its environment that means another control.
fn program(binary: &str) -> Command {
    let mut command = command(target().join("debug").join(binary));
    command
        .env_remove("INTERMISSION_SERVER")
        .env_remove("INTERMISSION_TOKEN");
    command
}
