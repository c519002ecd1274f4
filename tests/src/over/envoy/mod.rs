//! A real Envoy with the filter.

mod config;
mod control;
mod edge;

pub use edge::{Control, Edge};

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use intermission_core::Peer;
use intermission_corpus::{Observed, Request};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::task::AbortHandle;

use super::rig::application;
use super::site::Site;
use super::{Socket, Transport, http1, http2, patiently};

/// Longest time until Envoy serves.
const START: Duration = Duration::from_secs(60);

/// How often each metric has counted.
pub type Counts = BTreeMap<String, usize>;

/// Which Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The one that everything is tested with.
    Newest,
    /// The oldest that the filter is known to work in.
    Oldest,
}

/// Which build of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// The one that is deployed.
    Released,
    /// One whose VM dies of a request or an answer to a poll with the header `x-intermission-panic`, and does nothing
    /// else for as many milliseconds as the header `x-intermission-spin` of a request says.
    WithPanicSwitch,
}

/// A running Envoy, which is killed when this is dropped.
#[derive(Debug)]
pub struct Envoy {
    process: Child,
    servers: Vec<AbortHandle>,
    admin: SocketAddr,
    tcp: SocketAddr,
    folder: TempDir,
    log: Arc<Mutex<String>>,
}

impl Envoy {
    /// Starts Envoy with a filter for each site.
    ///
    /// # Errors
    ///
    /// If Envoy or the module is missing, or Envoy does not start; with what it logged.
    pub async fn start(version: Version, workers: u32, sites: &[Site]) -> Result<Self, String> {
        let folder = TempDir::new().map_err(told)?;
        let documents = sites.iter().map(|site| site.state.to_json()).collect();
        let (endpoint, control) = control::serve(documents).await.map_err(told)?;
        let (upstream, application) = serve_application().await.map_err(told)?;
        let module = Module::Released.path()?;
        let bootstrap = config::bootstrap(sites, &module, endpoint, upstream, folder.path());
        let mut envoy = Self::run(version, workers, &[], folder, &bootstrap.to_string()).await?;
        envoy.servers = vec![control, application];
        Ok(envoy)
    }

    /// Starts Envoy with this configuration in YAML, from the root of the workspace.
    ///
    /// # Errors
    ///
    /// If Envoy is missing or does not start; with what it logged.
    pub async fn from_yaml(version: Version, yaml: &str) -> Result<Self, String> {
        let folder = TempDir::new().map_err(told)?;
        Self::run(version, 2, &[], folder, yaml).await
    }

    /// Starts Envoy; of the listeners in `bootstrap` the one on TCP is named `tcp`, unless there is no other.
    async fn run(
        version: Version,
        workers: u32,
        environment: &[(&str, String)],
        folder: TempDir,
        bootstrap: &str,
    ) -> Result<Self, String> {
        let binary = version.binary()?;
        let file = folder.path().join("envoy.yaml");
        std::fs::write(&file, bootstrap).map_err(told)?;
        let mut process = Command::new(&binary)
            .args([
                "--use-dynamic-base-id",
                "--log-level",
                "info",
                // After a change of the configuration the old one serves what it has begun for so long.
                "--drain-time-s",
                "1",
                "--concurrency",
            ])
            .arg(workers.to_string())
            .arg("--config-path")
            .arg(&file)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", binary.display()))?;
        let (log, lines) = follow(&mut process);
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut envoy = Self {
            process,
            servers: Vec::new(),
            admin: nowhere,
            tcp: nowhere,
            folder,
            log,
        };
        match envoy.await_service(&lines).await {
            Ok(()) => Ok(envoy),
            Err(error) => Err(format!("{error}\n{}", envoy.log())),
        }
    }

    async fn await_service(&mut self, lines: &Receiver<String>) -> Result<(), String> {
        let until = Instant::now() + START;
        loop {
            let line = match lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => line,
                Err(RecvTimeoutError::Timeout) => return Err("Envoy does not get ready".into()),
                Err(RecvTimeoutError::Disconnected) => return Err("Envoy does not start".into()),
            };
            if let Some((_, address)) = line.split_once("admin address: ") {
                self.admin = address
                    .parse()
                    .map_err(|error| format!("{line}: {error}"))?;
            }
            if line.contains("all dependencies initialized. starting workers") {
                break;
            }
        }
        let listeners = self.ask("/listeners?format=json").await?;
        let listeners: Value =
            serde_json::from_str(&listeners).map_err(|error| error.to_string())?;
        let port = listeners
            .pointer("/listener_statuses")
            .and_then(|listeners| {
                let listeners = listeners.as_array()?;
                let named = listeners.iter().find(|listener| listener["name"] == "tcp");
                let tcp = named.or(listeners.first())?;
                u16::try_from(
                    tcp.pointer("/local_address/socket_address/port_value")?
                        .as_u64()?,
                )
                .ok()
            });
        let port = port.ok_or_else(|| format!("there is no listener on TCP: {listeners}"))?;
        self.tcp.set_port(port);
        Ok(())
    }

    /// What the admin interface says.
    ///
    /// # Errors
    ///
    /// If it says nothing.
    pub async fn ask(&self, path: &str) -> Result<String, String> {
        let request = Request {
            path: path.into(),
            authority: Some("admin".into()),
            ..Request::default()
        };
        let answer = http2::send(self.admin, &request).await;
        let answer = answer.map_err(|error| error.to_string())?;
        let answer = answer.ok_or_else(|| format!("{path}: no answer"))?;
        String::from_utf8(answer.body).map_err(|error| error.to_string())
    }

    /// Where it listens on TCP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.tcp
    }

    /// The value of one of the filter's metrics, if it has been defined.
    ///
    /// # Errors
    ///
    /// If Envoy does not answer.
    pub async fn metric(&self, name: &str) -> Result<Option<u64>, String> {
        let text = self.ask(&format!("/stats?filter={name}")).await?;
        let value = text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| known.strip_prefix("wasmcustom.").unwrap_or(known) == name);
        Ok(value.and_then(|(_, value)| value.parse().ok()))
    }

    /// The filter's counters of decisions, as soon as they are `expected`, else as they are after some of its ticks.
    ///
    /// # Errors
    ///
    /// If Envoy does not answer.
    pub async fn decisions(&self, expected: &Counts) -> Result<Counts, String> {
        let mut counts = Counts::new();
        for _ in 0..20 {
            let text = self.ask("/stats?filter=intermission_requests").await?;
            counts = text
                .lines()
                .filter_map(|line| line.strip_prefix("wasmcustom.")?.split_once(": "))
                .filter_map(|(name, count)| Some((name.into(), count.parse().ok()?)))
                .filter(|(_, count)| *count > 0)
                .collect();
            if counts == *expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(counts)
    }

    /// Sends a signal to the process, such as `STOP`.
    ///
    /// # Errors
    ///
    /// If it cannot be sent.
    pub fn signal(&self, name: &str) -> io::Result<()> {
        let process = self.process.id().to_string();
        let status = Command::new("kill").args(["-s", name, &process]).status()?;
        let failed = || io::Error::other(format!("kill ends with {status}"));
        status.success().then_some(()).ok_or_else(failed)
    }

    /// What Envoy has logged.
    #[must_use]
    pub fn log(&self) -> String {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sends the request to a site, by its place in the list that Envoy was started with.
    ///
    /// # Errors
    ///
    /// If the socket fails, or the answer cannot be read.
    pub async fn send(
        &self,
        transport: Transport,
        site: usize,
        peer: Peer,
        request: &Request,
    ) -> io::Result<Option<Observed>> {
        patiently(async {
            let socket = self.connect(site, peer).await?;
            match transport {
                Transport::Http1 => http1::send_through(socket, request).await,
                Transport::Http2 => http2::send_through(socket, request).await,
            }
        })
        .await
    }

    async fn connect(&self, site: usize, peer: Peer) -> io::Result<Box<dyn Socket>> {
        let path = |told| config::socket(self.folder.path(), site, told);
        Ok(match peer {
            Peer::Address(address) => {
                let mut socket = TcpStream::connect(self.tcp).await?;
                socket.set_nodelay(true)?;
                socket
                    .write_all(introduction(address, site).as_bytes())
                    .await?;
                Box::new(socket)
            }
            Peer::Unix => Box::new(UnixStream::connect(path(true)).await?),
            Peer::Unknown => Box::new(UnixStream::connect(path(false)).await?),
        })
    }
}

impl Drop for Envoy {
    fn drop(&mut self) {
        self.servers.iter().for_each(AbortHandle::abort);
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The application behind Envoy.
async fn serve_application() -> io::Result<(SocketAddr, AbortHandle)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async { axum::serve(listener, application()).await });
    Ok((address, server.abort_handle()))
}

/// A header of the PROXY protocol, version 1.
fn introduction(peer: IpAddr, site: usize) -> String {
    let (family, here) = match peer {
        IpAddr::V4(_) => ("TCP4", "127.0.0.1"),
        IpAddr::V6(_) => ("TCP6", "::1"),
    };
    format!(
        "PROXY {family} {peer} {here} 4711 {}\r\n",
        config::port(site)
    )
}

impl Version {
    fn binary(self) -> Result<PathBuf, String> {
        match self {
            Self::Newest => installed("ENVOY", "envoy/bin/envoy"),
            Self::Oldest => installed("OLDEST_ENVOY", "oldest-envoy/bin/envoy"),
        }
    }

    /// Lets Envoy try a configuration in YAML, from the root of the workspace; an error is what it says.
    ///
    /// # Errors
    ///
    /// If Envoy does not accept it, or is missing.
    pub fn validate(self, yaml: &str) -> Result<(), String> {
        let output = Command::new(self.binary()?)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .args(["--mode", "validate", "--config-yaml", yaml])
            .env("INTERMISSION_NODE_TOKEN", "of-a-node")
            .output()
            .map_err(told)?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

impl Module {
    fn path(self) -> Result<PathBuf, String> {
        match self {
            Self::Released => {
                installed("INTERMISSION_EDGE_FILTER", "intermission-edge-filter.wasm")
            }
            Self::WithPanicSwitch => installed(
                "INTERMISSION_EDGE_FILTER_PANIC_SWITCH",
                "intermission-edge-filter-panic-switch.wasm",
            ),
        }
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "an error that is mapped is given away"
)]
fn told(error: io::Error) -> String {
    error.to_string()
}

/// What the environment names, else what lies in the workspace's `target/`.
fn installed(variable: &str, default: &str) -> Result<PathBuf, String> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target")
        .join(default);
    let path = std::env::var_os(variable).map_or(default, PathBuf::from);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!(
            "there is no {}: run cargo xtask test",
            path.display()
        ))
    }
}

/// Keeps what the process logs, and hands it on by lines.
fn follow(process: &mut Child) -> (Arc<Mutex<String>>, Receiver<String>) {
    let log = Arc::new(Mutex::new(String::new()));
    let (sender, lines) = channel();
    if let Some(stderr) = process.stderr.take() {
        let log = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                let _ = writeln!(log.lock().unwrap_or_else(PoisonError::into_inner), "{line}");
                let _ = sender.send(line);
            }
        });
    }
    (log, lines)
}
