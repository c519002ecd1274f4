//! `cargo xtask native`: the edge filter as a dynamic module of Envoy, for the processor and the C library of this machine.

use std::path::PathBuf;

use anyhow::Result;

use crate::step::run;
use crate::wasm::put;
use crate::workspace::{cargo, target};

/// The name by which Envoy finds it.
const MODULE: &str = "libintermission_envoy.so";

/// Builds the module and returns its path.
pub(crate) fn build() -> Result<PathBuf> {
    run(&mut cargo(
        "build --package intermission-native-filter --release",
    ))?;
    put(&target().join("release").join(MODULE), MODULE)
}
