//! Envoy with the edge filter, as `examples/envoy/envoy.yaml` configures it, on free ports.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

use crate::answers::TESTER;
use crate::clients::curl;
use crate::tls::{self, Tls};

const START: Duration = Duration::from_secs(30);

/// An Envoy process, killed when dropped.
#[derive(Debug)]
pub(crate) struct Envoy {
    /// The address that Envoy listens on.
    pub(crate) url: String,
    _child: Child,
}

impl Envoy {
    /// Starts Envoy in front of the app at `app`, with control at `control`, and waits until it serves.
    pub(crate) async fn start(
        home: &Path,
        control: &str,
        tls: Option<&Tls>,
        token: &str,
        app: &str,
    ) -> Result<Self> {
        let [config, admin, log] =
            ["envoy.yaml", "admin.txt", "envoy.log"].map(|name| home.join(name));
        let text = configuration(control, app)?;
        fs::write(
            &config,
            tls.map_or(Ok(text.clone()), |tls| encrypted(&text, control, tls))?,
        )?;
        let mut envoy = Command::new(installed("ENVOY", "envoy/bin/envoy")?);
        envoy
            .args(["--use-dynamic-base-id", "--concurrency", "2"])
            .arg("--config-path")
            .arg(config)
            .arg("--admin-address-path")
            .arg(&admin)
            .env("INTERMISSION_NODE_TOKEN", token)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log)?)
            .kill_on_drop(true);
        let child = envoy.spawn().context("envoy")?;
        let url = timeout(START, listens(&admin)).await;
        let url = url.with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(Self { url, _child: child })
    }
}

/// The example with the addresses of this test.
fn configuration(control: &str, app: &str) -> Result<String> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR"));
    let module = installed("INTERMISSION_EDGE_FILTER", "intermission-edge-filter.wasm")?;
    let mut text = fs::read_to_string(examples.join("envoy/envoy.yaml"))?;
    let socket = |address: &str| {
        let (host, port) = address.split_once(':').unwrap_or((address, "80"));
        format!("{{ address: {host}, port_value: {port} }}")
    };
    for (example, ours) in [
        (socket("127.0.0.1:7700"), socket(control)),
        ("127.0.0.1:7700".into(), control.into()),
        (socket("127.0.0.1:8081"), socket(app)),
        (socket("127.0.0.1:10000"), socket("127.0.0.1:0")),
        (socket("127.0.0.1:9901"), socket("127.0.0.1:0")),
        (
            "target/intermission-edge-filter.wasm".into(),
            module.display().to_string(),
        ),
    ] {
        ensure!(text.contains(&example), "the example has no {example}");
        text = text.replace(&example, &ours);
    }
    Ok(text)
}

/// The configuration for a control with TLS, with its name.
fn encrypted(text: &str, control: &str, tls: &Tls) -> Result<String> {
    let authority = format!("\"authority\": \"{control}\"");
    let by_name = format!("\"authority\": \"{}\"", tls::NAME);
    let place = "      load_assignment:\n        cluster_name: control\n";
    ensure!(
        text.contains(&authority) && text.contains(place),
        "the example asks control in another way"
    );
    let socket: String = tls
        .transport_socket()?
        .lines()
        .map(|line| format!("      {line}\n"))
        .collect();
    let text = text.replace(&authority, &by_name);
    Ok(text.replace(place, &format!("{socket}{place}")))
}

/// Waits until Envoy reports the address that it listens on.
async fn listens(admin: &Path) -> String {
    let mut pause = interval(Duration::from_millis(20));
    loop {
        pause.tick().await;
        if let Ok(admin) = fs::read_to_string(admin)
            && let Ok(ready) = curl(TESTER, &format!("http://{admin}/ready")).await
            && ready.status == 200
            && let Ok(listeners) =
                curl(TESTER, &format!("http://{admin}/listeners?format=json")).await
            && let Some(port) = port(&listeners.body)
        {
            return format!("http://127.0.0.1:{port}");
        }
    }
}

fn port(listeners: &str) -> Option<u64> {
    let listeners: Value = serde_json::from_str(listeners).ok()?;
    listeners
        .pointer("/listener_statuses/0/local_address/socket_address/port_value")?
        .as_u64()
}

/// The file that the environment variable names, else the one that `cargo xtask test` installs under `target/`.
fn installed(variable: &str, default: &str) -> Result<PathBuf> {
    let default = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target")
        .join(default);
    let path = std::env::var_os(variable).map_or(default, PathBuf::from);
    ensure!(
        path.exists(),
        "{} is missing: run `cargo xtask test`",
        path.display()
    );
    Ok(path)
}
