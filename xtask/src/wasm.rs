//! `cargo xtask wasm`: the edge filter as one small module, the same bytes wherever it is built.
//!
//! 1. Cargo builds it with the profile `edge-filter`; paths of the machine are replaced. The standard library is
//!    built along with it, without what it would say at a panic: ready-made, it would be a fifth of the module.
//! 2. `wasm-opt` makes it small.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::step::{output, run};
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

/// How the standard library is built along: cargo and rustc know these options only as unstable ones, which
/// the toolchain that `rust-toolchain.toml` pins has like any other.
const BUILD_STD: &str = "-Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size";
const SILENT_PANICS: [&str; 3] = [
    "-Zunstable-options",
    "-Cpanic=immediate-abort",
    "-Zlocation-detail=none",
];

/// Builds the module and returns where it is.
pub(crate) fn build() -> Result<PathBuf> {
    let module = build_as("intermission-edge-filter", "")?;
    measure(&module)?;
    Ok(module)
}

/// Builds the module for tests that kill its VM.
pub(crate) fn build_with_panic_switch() -> Result<PathBuf> {
    build_as(
        "intermission-edge-filter-panic-switch",
        "--features panic-switch",
    )
}

fn build_as(name: &str, features: &str) -> Result<PathBuf> {
    let binaryen = tools::node_packages()?.join("node_modules/.bin");
    let mut flags = no_paths()?;
    flags.extend(SILENT_PANICS.map(str::to_owned));
    flags.push("--cfg=sha2_backend_soft=\"compact\"".to_owned());
    run(cargo(&format!(
        "build --package intermission-edge-filter --target wasm32-wasip1 --profile edge-filter {BUILD_STD} {features}",
    ))
    .env("RUSTC_BOOTSTRAP", "1")
    // Instead of whatever flags are set here.
    .env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")))?;

    let built = target().join("wasm32-wasip1/edge-filter/intermission_edge_filter.wasm");
    let folder = target().join("wasm").join(name);
    fs::create_dir_all(&folder)?;
    let module = target().join(name).with_extension("wasm");
    // What the result depends on. Making it small takes longer than to build it.
    let origin = format!(
        "{}\n{}\n{FEATURES:?}\n{OPTIONS:?}\n",
        digest(&built)?,
        digest(&root().join("xtask/node/package-lock.json"))?,
    );
    let stamp = folder.join("small.txt");
    let known = fs::read_to_string(&stamp).is_ok_and(|known| known == origin);
    if !known || !module.exists() {
        let small = make_small(&binaryen, &folder, &built)?;
        // At once, so that no Envoy that is started meanwhile reads half of it.
        fs::rename(small, &module)?;
        fs::write(stamp, origin)?;
    }
    Ok(module)
}

fn make_small(binaryen: &Path, folder: &Path, built: &Path) -> Result<PathBuf> {
    let small = folder.join("small.wasm");
    let mut opt = command(binaryen.join("wasm-opt"));
    opt.args(FEATURES).args(OPTIONS);
    run(opt.arg(built).arg("--output").arg(&small))?;
    Ok(small)
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
    let text = |path: PathBuf| {
        path.into_os_string()
            .into_string()
            .ok()
            .context("a path that is not UTF-8")
    };
    let mut flags = vec![remap(text(root().to_owned())?, "/intermission")];
    let registries = cargo_home()?.join("registry/src");
    for registry in fs::read_dir(&registries).with_context(|| registries.display().to_string())? {
        flags.push(remap(text(registry?.path())?, "/registry"));
    }
    // Where the sources of the standard library are installed, its paths are those of this machine too.
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust");
    let version = output(command("rustc").arg("-vV"))?;
    let commit = version
        .lines()
        .find_map(|line| line.strip_prefix("commit-hash: "))
        .context("rustc -vV names no commit")?;
    flags.push(remap(text(library)?, &format!("/rustc/{commit}")));
    Ok(flags)
}

fn remap(from: String, to: &str) -> String {
    format!("--remap-path-prefix={from}={to}")
}

fn cargo_home() -> Result<PathBuf> {
    let set = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let usual = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"));
    set.or_else(usual)
        .context("neither CARGO_HOME nor HOME is set")
}
