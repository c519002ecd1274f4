//! The deployment files under `examples/` are what Envoy, Istio and Kubernetes accept.
//!
//! 1. Envoy loads each file of `examples/envoy/` with the filter in it, in the oldest and in the newest version.
//! 2. `examples/istio/` is valid by the schemas of two published packages.
//! 3. For `examples/envoy-gateway/` no registry has a schema; that file says what it was compared with.
//! 4. The filter takes the configurations in both.
//! 5. `examples/kubernetes/` is valid by the schemas of a published package.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde_json::json;

use super::files;
use crate::step::{output, run};
use crate::workspace::{command, root, target};
use crate::{native, tools, wasm};

const ENVOY: &str = "examples/envoy";
const ISTIO: &str = "examples/istio";
const KUBERNETES: &str = "examples/kubernetes";
const GATEWAY: &str = "examples/envoy-gateway";

/// The environment variable from which the filter takes the token in every example.
const TOKEN: (&str, &str) = ("INTERMISSION_NODE_TOKEN", "of-a-node");

/// The example that an older Envoy cannot load.
const NATIVE: &str = "native.yaml";

/// Envoy loads its examples.
pub(crate) fn envoy() -> Result<()> {
    wasm::build()?;
    native::build()?;
    let newest = tools::envoy()?;
    for envoy in [&tools::oldest_envoy()?, &newest] {
        for example in examples(ENVOY)? {
            if example.ends_with(NATIVE) && *envoy != newest {
                continue;
            }
            let mut validate = command(envoy);
            validate.args(["--mode", "validate", "--log-level", "error"]);
            validate.envs([TOKEN]);
            validate.env("ENVOY_DYNAMIC_MODULES_SEARCH_PATH", target());
            run(validate.arg("--config-path").arg(example))?;
        }
    }
    Ok(())
}

/// The Istio examples are valid.
pub(crate) fn istio() -> Result<()> {
    tools::node_packages()?;
    // Node looks for packages beside and above a script.
    let script = target().join("node/istio.mjs");
    fs::copy(root().join("xtask/node/istio.mjs"), &script)?;
    run(command("node").arg(script).args(examples(ISTIO)?))?;
    let mut python = command(tools::istio_python()?);
    run(python.arg("xtask/python/istio.py").args(examples(ISTIO)?))
}

/// The Kubernetes examples are valid, and have no field that a cluster would drop.
pub(crate) fn kubernetes() -> Result<()> {
    let mut validate = command(tools::kubernetes_validate()?);
    run(validate.arg("--strict").args(examples(KUBERNETES)?))
}

/// The filter takes what Istio and Envoy Gateway pass on to it.
pub(crate) fn plugin_configurations() -> Result<()> {
    let module = wasm::build()?;
    let mut python = command(tools::istio_python()?);
    python.arg("xtask/python/plugin_configuration.py");
    let configurations = output(python.args(examples(ISTIO)?).args(examples(GATEWAY)?))?;
    ensure!(
        configurations.lines().count() >= 3,
        "not every example has a configuration for the filter"
    );
    let envoy = tools::envoy()?;
    for configuration in configurations.lines() {
        let mut validate = command(&envoy);
        validate.args(["--mode", "validate", "--log-level", "error"]);
        validate.envs([TOKEN]);
        run(validate.args(["--config-yaml", &with_filter(&module, configuration)]))?;
    }
    Ok(())
}

/// A configuration of Envoy that has nothing but the filter.
fn with_filter(module: &Path, configuration: &str) -> String {
    let kind = |name: &str| format!("type.googleapis.com/envoy.extensions.filters.{name}");
    let filter = json!({
        "@type": kind("http.wasm.v3.Wasm"),
        "config": {
            "vm_config": {
                "runtime": "envoy.wasm.runtime.v8",
                "code": { "local": { "filename": module } },
                "environment_variables": { "host_env_keys": [TOKEN.0] },
            },
            "configuration": {
                "@type": "type.googleapis.com/google.protobuf.StringValue",
                "value": configuration,
            },
        },
    });
    let manager = json!({
        "@type": kind("network.http_connection_manager.v3.HttpConnectionManager"),
        "stat_prefix": "lint",
        "route_config": {},
        "http_filters": [
            { "name": "intermission", "typed_config": filter },
            { "name": "router", "typed_config": { "@type": kind("http.router.v3.Router") } },
        ],
    });
    json!({ "static_resources": { "listeners": [{
        "address": { "socket_address": { "address": "127.0.0.1", "port_value": 0 } },
        "filter_chains": [{ "filters": [{ "name": "manager", "typed_config": manager }] }],
    }] } })
    .to_string()
}

/// The YAML files of a folder, from the root.
fn examples(folder: &str) -> Result<Vec<PathBuf>> {
    let mut examples = files::all(root())?;
    examples.retain(|path| {
        path.parent() == Some(Path::new(folder)) && files::has_extension(path, &["yaml"])
    });
    ensure!(!examples.is_empty(), "{folder} has no example");
    Ok(examples)
}
