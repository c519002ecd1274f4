use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use intermission_corpus::{Observed, Request};
use serde_json::Value;
use tempfile::TempDir;

use super::Version;
use super::installed::{self, SEARCH_PATH};
use crate::http::Transport;
use crate::{Process, eventually};

/// How often each metric has counted.
pub type Counts = BTreeMap<String, usize>;

/// A running Envoy, which is killed when this is dropped.
#[derive(Debug)]
pub struct Envoy {
    process: Process,
    admin: SocketAddr,
    tcp: SocketAddr,
    folder: TempDir,
}

impl Envoy {
    /// Starts Envoy with this configuration in YAML, from the root of the workspace; of its listeners the one on TCP is named
    /// `tcp`, unless there is no other.
    pub async fn from_yaml(version: Version, yaml: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let envoy = Self::try_start(version, 2, &[], folder, yaml).await;
        envoy.unwrap()
    }

    /// The same with so many workers and these variables, in a folder to which the configuration may refer.
    ///
    /// # Errors
    ///
    /// If Envoy does not start; with what it logged.
    pub async fn try_start(
        version: Version,
        workers: u32,
        environment: &[(&str, String)],
        folder: TempDir,
        yaml: &str,
    ) -> Result<Self, String> {
        let [file, log, admin] =
            ["envoy.yaml", LOG, "admin.txt"].map(|name| folder.path().join(name));
        fs::write(&file, yaml).unwrap();
        let mut command = Command::new(version.binary());
        command
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
            .arg("--admin-address-path")
            .arg(&admin)
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .env(SEARCH_PATH, installed::folder())
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stderr(File::create(&log).unwrap());
        let mut process = Process::launch(&mut command);
        let mut has_ended = false;
        eventually("Envoy serves", async || {
            has_ended = process.try_wait().is_some();
            has_ended || read(&log).contains("all dependencies initialized. starting workers")
        })
        .await;
        let failed = |what: &str| Err(format!("{what}\n{}", read(&log)));
        if has_ended {
            return failed("Envoy does not start");
        }
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut envoy = Self {
            process,
            admin: read(&admin).parse().unwrap(),
            tcp: nowhere,
            folder,
        };
        let listeners = envoy.ask("/listeners?format=json").await;
        let Some(port) = port(&serde_json::from_str(&listeners).unwrap()) else {
            return failed("Envoy has no listener on TCP");
        };
        envoy.tcp.set_port(port);
        Ok(envoy)
    }

    /// What the admin interface answers.
    pub async fn ask(&self, path: &str) -> String {
        ask_admin(self.admin, path).await
    }

    /// Has it log one of its components at another level.
    pub async fn set_log(&self, component: &str, level: &str) {
        let request = Request {
            method: "POST".into(),
            path: format!("/logging?{component}={level}").as_str().into(),
            authority: Some("admin".into()),
            ..Request::default()
        };
        let answer = Transport::Http2.send(self.admin, &request).await.unwrap();
        assert_eq!(answer.expect("an answer").status, 200);
    }

    /// Where it listens on TCP.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.tcp
    }

    /// The folder that the configuration may refer to.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The answer to a request over HTTP/1.1, on a connection of its own.
    pub async fn answer(&self, request: &Request) -> Observed {
        let answer = Transport::Http1.send(self.tcp, request).await;
        answer.unwrap().expect("an answer")
    }

    /// The value of one of the filter's metrics, if it has been defined.
    pub async fn metric(&self, name: &str) -> Option<u64> {
        let text = self.ask(&format!("/stats?filter={name}")).await;
        let value = text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(known, _)| own_name(known) == name);
        value.and_then(|(_, value)| value.parse().ok())
    }

    /// The filter's counters of decisions, as soon as they are `expected`, else as they are after some of its ticks.
    pub async fn decisions(&self, expected: &Counts) -> Counts {
        let mut counts = Counts::new();
        for _ in 0..20 {
            let text = self.ask("/stats?filter=intermission_requests").await;
            counts = text
                .lines()
                .filter_map(|line| line.split_once(": "))
                .filter_map(|(name, count)| Some((own_name(name).into(), count.parse().ok()?)))
                .filter(|(_, count)| *count > 0)
                .collect();
            if counts == *expected {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        counts
    }

    /// Sends a signal to the process, such as `STOP`.
    pub fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// What Envoy has logged.
    #[must_use]
    pub fn log(&self) -> String {
        read(&self.folder.path().join(LOG))
    }
}

/// What the admin interface of an Envoy answers.
pub async fn ask_admin(admin: SocketAddr, path: &str) -> String {
    let request = Request {
        path: path.into(),
        authority: Some("admin".into()),
        ..Request::default()
    };
    let answer = Transport::Http2.send(admin, &request).await.unwrap();
    String::from_utf8(answer.expect(path).body).unwrap()
}

/// The name of a metric as the filter gives it. Envoy shows it behind the name of what has defined it.
fn own_name(name: &str) -> &str {
    let own = ["wasmcustom.", "dynamicmodulescustom."]
        .into_iter()
        .find_map(|prefix| name.strip_prefix(prefix));
    own.unwrap_or(name)
}

const LOG: &str = "envoy.log";

fn read(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()
}

fn port(listeners: &Value) -> Option<u16> {
    let listeners = listeners.pointer("/listener_statuses")?.as_array()?;
    let named = listeners.iter().find(|listener| listener["name"] == "tcp");
    let port = named
        .or(listeners.first())?
        .pointer("/local_address/socket_address/port_value")?;
    u16::try_from(port.as_u64()?).ok()
}
