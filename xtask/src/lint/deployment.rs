//! The deployment files under `examples/` are what Envoy and Istio accept.
//!
//! 1. Envoy loads each file of `examples/envoy/` with the filter in it, in the oldest and in the newest version.
//! 2. `examples/istio/` is valid by the schemas of two published packages.
//! 3. For `examples/envoy-gateway/` no registry has a schema; that file says what it was compared with.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::step::run;
use crate::workspace::{command, root, target};
use crate::{tools, wasm};

const ENVOY: &str = "examples/envoy";
const ISTIO: &str = "examples/istio";

/// Envoy loads its examples.
pub(crate) fn envoy() -> Result<()> {
    wasm::build()?;
    for envoy in [tools::oldest_envoy()?, tools::envoy()?] {
        for example in examples(ENVOY)? {
            let mut validate = command(&envoy);
            validate.args(["--mode", "validate", "--log-level", "error"]);
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

/// The YAML files of a folder, from the root.
fn examples(folder: &'static str) -> Result<Vec<PathBuf>> {
    let mut examples = Vec::new();
    for entry in fs::read_dir(root().join(folder)).context(folder)? {
        let path = Path::new(folder).join(entry?.file_name());
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            examples.push(path);
        }
    }
    examples.sort();
    Ok(examples)
}
