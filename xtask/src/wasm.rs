//! `cargo xtask wasm`: the edge filter as one small module, the same bytes wherever it is built.
//!
//! 1. Stable cargo builds it with the profile `edge-filter`; paths of the machine are replaced.
//! 2. `wasm-opt` makes it small.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::step::run;
use crate::tools;
use crate::workspace::{cargo, command, root, target};

/// The most that the module may have, in bytes; every Envoy worker holds a copy.
const BUDGET: u64 = 384 * 1024;

/// What of WebAssembly the module may use: what rustc's target has by itself, and Envoy's V8 knows.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// How `wasm-opt` makes it small. The lowest addresses are the end of the stack, which nothing but an overflow reaches.
const OPTIONS: &[&str] = &[
    "--low-memory-unused",
    "-Oz",
    "--converge",
    "--strip-debug",
    "--strip-producers",
];

/// Where the module is that users deploy, under `target/`.
const MODULE: &str = "intermission-edge-filter.wasm";

/// Builds the module and returns where it is.
pub(crate) fn build() -> Result<PathBuf> {
    let module = put(&small(&built("")?)?, MODULE)?;
    measure(&module)?;
    Ok(module)
}

/// Builds the module as cargo leaves it: larger, and without Node.
pub(crate) fn build_large() -> Result<PathBuf> {
    put(&built("")?, MODULE)
}

/// Builds the module for tests that kill its VM.
pub(crate) fn build_with_panic_switch() -> Result<PathBuf> {
    let built = built("--features panic-switch")?;
    put(&built, "intermission-edge-filter-panic-switch.wasm")
}

/// What cargo builds.
fn built(features: &str) -> Result<PathBuf> {
    run(cargo(&format!(
        "build --package intermission-edge-filter --target wasm32-wasip1 --profile edge-filter {features}",
    ))
    // Instead of whatever flags are set here.
    .env("CARGO_ENCODED_RUSTFLAGS", no_paths()?.join("\x1f")))?;
    Ok(target().join("wasm32-wasip1/edge-filter/intermission_edge_filter.wasm"))
}

/// What `wasm-opt` makes of a module. That takes longer than to build it, and is done once for each module.
fn small(built: &Path) -> Result<PathBuf> {
    let binaryen = tools::node_packages()?.join("node_modules/.bin");
    let folder = target().join("wasm");
    fs::create_dir_all(&folder)?;
    let (small, stamp) = (folder.join("small.wasm"), folder.join("small.txt"));
    let origin = format!(
        "{}\n{}\n{FEATURES:?}\n{OPTIONS:?}\n",
        digest(built)?,
        digest(&root().join("xtask/node/package-lock.json"))?,
    );
    let known = fs::read_to_string(&stamp).is_ok_and(|known| known == origin);
    if !known || !small.exists() {
        let mut opt = command(binaryen.join("wasm-opt"));
        opt.args(FEATURES).args(OPTIONS);
        run(opt.arg(built).arg("--output").arg(&small))?;
        fs::write(stamp, origin)?;
    }
    Ok(small)
}

/// Puts a module under `target/` if there is another one or none.
fn put(from: &Path, name: &str) -> Result<PathBuf> {
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
