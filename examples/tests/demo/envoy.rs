//! Envoy with the edge filter, as `examples/envoy/envoy.yaml` configures it, on free ports.

use std::fs;
use std::path::Path;

use anyhow::{Result, ensure};
use intermission_testkit::envoy::{Envoy, Module, Version};

use crate::tls::{self, Tls};

/// Starts Envoy in front of the app at `app`, with control at `control`.
pub(crate) async fn start(
    control: &str,
    tls: Option<&Tls>,
    token: &str,
    app: &str,
) -> Result<Envoy> {
    let mut yaml = configuration(control, app)?;
    if let Some(tls) = tls {
        yaml = encrypted(&yaml, control, tls)?;
    }
    let environment = [("INTERMISSION_NODE_TOKEN", token.to_owned())];
    let folder = tempfile::tempdir()?;
    let envoy = Envoy::try_start(Version::Newest, 2, &environment, folder, &yaml).await;
    envoy.map_err(anyhow::Error::msg)
}

/// The example with the addresses of this test.
fn configuration(control: &str, app: &str) -> Result<String> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR"));
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
            Module::Released.path().display().to_string(),
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
