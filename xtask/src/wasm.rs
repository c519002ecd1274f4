//! `cargo xtask wasm`: the edge filter as one module, the same bytes wherever it is built.
//!
//! Stable cargo builds it with the profile `edge-filter`; paths of the machine are replaced.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::step::run;
use crate::workspace::{cargo, root, target};

/// The most that the module may have, in bytes; every Envoy worker holds a copy.
const BUDGET: u64 = 448 * 1024;

/// Where the module is that users deploy, under `target/`.
const MODULE: &str = "intermission-edge-filter.wasm";

/// Builds the module and returns its path.
pub(crate) fn build() -> Result<PathBuf> {
    let module = put(&built("")?, MODULE)?;
    measure(&module)?;
    Ok(module)
}

/// Builds the module for tests that kill its VM.
pub(crate) fn build_with_panic_switch() -> Result<PathBuf> {
    let built = built("--features panic-switch")?;
    put(&built, "intermission-edge-filter-panic-switch.wasm")
}

/// What cargo builds.
fn built(features: &str) -> Result<PathBuf> {
    let mut build = cargo(&format!(
        "build --package intermission-edge-filter --target wasm32-wasip1 --profile edge-filter {features}",
    ));
    // The flags of `.cargo/config.toml` and these, instead of any that are set here.
    build.env_remove("CARGO_ENCODED_RUSTFLAGS");
    build.env_remove("RUSTFLAGS");
    let flags = no_paths()?;
    run(build
        .arg("--config")
        .arg(format!("target.wasm32-wasip1.rustflags={flags:?}")))?;
    Ok(target().join("wasm32-wasip1/edge-filter/intermission_edge_filter.wasm"))
}

/// Puts a module under `target/` if there is another one or none.
pub(crate) fn put(from: &Path, name: &str) -> Result<PathBuf> {
    let module = target().join(name);
    if !module.exists() || digest(&module)? != digest(from)? {
        // At once, so that no Envoy that is started meanwhile reads half of it.
        let new = module.with_extension("new");
        fs::copy(from, &new)?;
        fs::rename(new, &module)?;
    }
    Ok(module)
}

/// Prints size and SHA-256, and fails above the budget.
fn measure(module: &Path) -> Result<()> {
    let size = fs::metadata(module)?.len();
    let digest = digest(module)?;
    let shown = module.strip_prefix(root()).unwrap_or(module).display();
    println!("{shown}: {size} bytes of {BUDGET}, sha256 {digest}");
    if size > BUDGET {
        bail!("{shown} has {size} bytes; more than {BUDGET} are too many");
    }
    Ok(())
}

fn digest(file: &Path) -> Result<String> {
    let digest = Sha256::digest(fs::read(file)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Compiler flags that keep the paths of this machine out of the module, where panics name them.
fn no_paths() -> Result<Vec<String>> {
    let mut flags = vec![remap(root(), "/intermission")?];
    let registries = cargo_home()?.join("registry/src");
    for registry in fs::read_dir(&registries).with_context(|| registries.display().to_string())? {
        flags.push(remap(&registry?.path(), "/registry")?);
    }
    Ok(flags)
}

fn remap(from: &Path, to: &str) -> Result<String> {
    let from = from.to_str().context("a path that is not UTF-8")?;
    Ok(format!("--remap-path-prefix={from}={to}"))
}

fn cargo_home() -> Result<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    set.or_else(usual)
        .context("neither CARGO_HOME nor HOME is set")
}
