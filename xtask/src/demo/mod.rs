//! `cargo xtask demo`: control, a shop, a greeter, and a shop without the layer behind Envoy, until Ctrl-C.

mod process;
mod token;

use std::net::TcpListener;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::{self, ScopedJoinHandle};

use anyhow::{Result, bail};
use tokio::signal::unix::{SignalKind, signal};

use self::process::Process;
use crate::system::{self, Chore, Missing};
use crate::workspace::{cargo, command, target};
use crate::{step, tools, wasm};

const CONTROL: &str = "127.0.0.1:7700";
const SHOP: &str = "127.0.0.1:8080";
const GREETER: &str = "127.0.0.1:50051";
// These three as `examples/envoy/envoy.yaml` has them.
const PLAIN_SHOP: &str = "127.0.0.1:8081";
const ENVOY: &str = "127.0.0.1:10000";
const ENVOY_ADMIN: &str = "127.0.0.1:9901";
const WANTED: [(&str, &str); 6] = [
    ("control", CONTROL),
    ("the shop", SHOP),
    ("the greeter", GREETER),
    ("the shop without the layer", PLAIN_SHOP),
    ("Envoy", ENVOY),
    ("Envoy's administration", ENVOY_ADMIN),
];

const WHAT_NEXT: &str = include_str!("what-next.txt");
const CONTROL_ENDED: &str = "\
control ended (STATUS). The apps and Envoy keep to the last state that they know.
They follow again after: cargo intermission serve --data target/demo
";

/// Runs the demo until it is interrupted or an app dies.
pub(crate) fn run() -> Result<()> {
    check_ports()?;
    system::check(&[Chore::Demo], Missing::Install)?;
    let envoy = prepare()?;
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(play(&envoy))
}

/// Builds everything that runs, and returns where Envoy is.
fn prepare() -> Result<PathBuf> {
    // At once: Envoy is downloaded, and a large part of the filter's build occupies one processor.
    thread::scope(|scope| {
        let envoy = scope.spawn(tools::envoy);
        let filter = scope.spawn(wasm::build);
        // Without packages, as `cargo intermission` builds it.
        step::run(&mut cargo(
            "build --bin intermission --bin axum --bin tonic",
        ))?;
        joined(filter)?;
        joined(envoy)
    })
}

fn joined<T>(work: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    work.join().unwrap_or_else(|panic| resume_unwind(panic))
}

fn check_ports() -> Result<()> {
    let mut taken = Vec::new();
    for (name, address) in WANTED {
        if let Err(error) = TcpListener::bind(address) {
            taken.push(format!("{name} wants {address}: {error}"));
        }
    }
    if !taken.is_empty() {
        bail!("{}", taken.join("\n"));
    }
    Ok(())
}

async fn play(envoy: &Path) -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let mut running = Vec::new();
    let outcome = tokio::select! {
        outcome = run_all(&mut running, envoy) => outcome,
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

async fn run_all(running: &mut Vec<Process>, envoy: &Path) -> Result<()> {
    let serve = ["serve", "--listen", CONTROL, "--data", "target/demo"];
    start(running, "control", "intermission", &serve).await?;
    let server = format!("http://{CONTROL}");
    let operator = || {
        let mut operator = program("intermission");
        operator.args(["--server", &server]);
        operator
    };
    step::run(operator().args(["service", "add", "shop"]))?;
    let token = token::of_the_nodes(operator())?;

    let state = format!("{server}/v1/services/shop/state");
    let file = token.file.display().to_string();
    let app = |listen| ["--listen", listen, "--state", &state, "--token-file", &file];
    start(running, "shop", "axum", &app(SHOP)).await?;
    start(running, "greeter", "tonic", &app(GREETER)).await?;
    let plain = ["--listen", PLAIN_SHOP, "--without-layer"];
    start(running, "plain", "axum", &plain).await?;
    let mut command = command(envoy);
    command.args(["--config-path", "examples/envoy/envoy.yaml"]);
    command.env("INTERMISSION_NODE_TOKEN", &token.text);
    command.args(["--concurrency", "2", "--use-dynamic-base-id"]);
    // Of what Envoy says only what the filter says.
    command.args(["--log-level", "error", "--component-log-level", "wasm:info"]);
    command.args(["--log-format", "%v"]);
    running.push(Process::start("envoy", command)?);
    if let Some(envoy) = running.last_mut() {
        envoy.accepts(ENVOY).await?;
    }
    println!("\n{WHAT_NEXT}");

    let [control, shop, greeter, plain, envoy] = running.as_mut_slice() else {
        bail!("the demo has five processes");
    };
    let mut control_runs = true;
    loop {
        tokio::select! {
            status = control.ended(), if control_runs => {
                control_runs = false;
                println!("\n{}", CONTROL_ENDED.replace("STATUS", &status));
            }
            status = shop.ended() => bail!("the shop ended ({status}), and with it the demo"),
            status = greeter.ended() => bail!("the greeter ended ({status}), and with it the demo"),
            status = plain.ended() => bail!("the shop without the layer ended ({status}), and with it the demo"),
            status = envoy.ended() => bail!("Envoy ended ({status}), and with it the demo"),
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
