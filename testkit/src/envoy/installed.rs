//! What `cargo xtask test` installs and builds.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Which Envoy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The one that everything is tested with.
    Newest,
    /// The oldest that the filter is known to work in.
    Oldest,
}

/// Which filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Module {
    /// The one in WebAssembly that is deployed.
    Released,
    /// One whose VM dies of a request or an answer to a poll with the header `x-intermission-panic`, and does nothing
    /// else for as many milliseconds as the header `x-intermission-spin` of a request says.
    WithPanicSwitch,
    /// The dynamic module.
    Native,
}

impl Version {
    /// Its program.
    #[must_use]
    pub fn binary(self) -> PathBuf {
        match self {
            Self::Newest => installed("ENVOY", "envoy/bin/envoy"),
            Self::Oldest => installed("OLDEST_ENVOY", "oldest-envoy/bin/envoy"),
        }
    }

    /// Lets Envoy try a configuration in YAML, from the root of the workspace; an error is what it says.
    ///
    /// # Errors
    ///
    /// If Envoy does not accept it.
    pub fn validate(self, yaml: &str) -> Result<(), String> {
        self.validate_with(yaml, &[])
    }

    /// The same with these variables.
    ///
    /// # Errors
    ///
    /// If Envoy does not accept it.
    pub fn validate_with(self, yaml: &str, environment: &[(&str, String)]) -> Result<(), String> {
        let output = Command::new(self.binary())
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .args(["--mode", "validate", "--config-yaml", yaml])
            .env("INTERMISSION_NODE_TOKEN", "of-a-node")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap();
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

impl Module {
    /// The filters that are deployed, which users see no difference between.
    pub const DEPLOYED: [Self; 2] = [Self::Released, Self::Native];

    /// The module.
    #[must_use]
    pub fn path(self) -> PathBuf {
        match self {
            Self::Released => {
                installed("INTERMISSION_EDGE_FILTER", "intermission-edge-filter.wasm")
            }
            Self::WithPanicSwitch => installed(
                "INTERMISSION_EDGE_FILTER_PANIC_SWITCH",
                "intermission-edge-filter-panic-switch.wasm",
            ),
            Self::Native => installed("INTERMISSION_NATIVE_FILTER", "libintermission_envoy.so"),
        }
    }
}

/// The variable that names the folder in which Envoy looks for dynamic modules.
pub(super) const SEARCH_PATH: &str = "ENVOY_DYNAMIC_MODULES_SEARCH_PATH";

/// The workspace's `target/`.
pub(super) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}

/// What the environment names, else what lies in the workspace's `target/`.
fn installed(variable: &str, default: &str) -> PathBuf {
    let default = folder().join(default);
    let path = std::env::var_os(variable).map_or(default, PathBuf::from);
    let shown = path.display();
    assert!(path.exists(), "there is no {shown}: run cargo xtask test");
    path
}
