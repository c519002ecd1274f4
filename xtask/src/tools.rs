//! Tools that the chores install for themselves, pinned, under `target/`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::step::{output, run};
use crate::workspace::{cargo, command, root, target};

const CARGO_DENY: &str = "0.20.2";
const REQUIREMENTS: &str = "examples/tests/requirements.txt";

/// Adds what the toolchain of `rust-toolchain.toml` lacks.
pub(crate) fn toolchain() -> Result<()> {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]))?;
    let libraries = Path::new(sysroot.trim()).join("lib/rustlib");
    let missing = targets()?
        .iter()
        .any(|target| !libraries.join(target).exists());
    if missing {
        run(command("rustup").args(["toolchain", "install", "--no-self-update"]))?;
    }
    Ok(())
}

/// Runs the tests of a wasm module in Node.
pub(crate) fn wasm_test_runner() -> Result<PathBuf> {
    // It must be of the very version that the tests are linked with.
    let version = locked("wasm-bindgen")?;
    let one = "--no-default-features --bin wasm-bindgen-test-runner";
    install(
        "wasm-bindgen-cli",
        "wasm-bindgen-test-runner",
        &version,
        one,
    )
}

/// Checks licences, bans and sources of the dependencies.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    install(
        "cargo-deny",
        "cargo-deny",
        CARGO_DENY,
        "--no-default-features",
    )
}

/// A Python with the foreign gRPC client's packages.
pub(crate) fn python() -> Result<PathBuf> {
    let venv = target().join("venv");
    let python = venv.join("bin/python");
    let wanted = fs::read_to_string(root().join(REQUIREMENTS)).context(REQUIREMENTS)?;
    let stamp = venv.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    run(command("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&venv))?;
    run(command(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--only-binary",
            ":all:",
            "--requirement",
        ])
        .arg(REQUIREMENTS))?;
    fs::write(stamp, wanted)?;
    Ok(python)
}

fn install(package: &str, binary: &str, version: &str, options: &str) -> Result<PathBuf> {
    let tools = target().join("tools");
    let path = tools.join("bin").join(binary);
    let stamp = tools.join(format!("{package}.version"));
    if path.exists() && fs::read_to_string(&stamp).is_ok_and(|installed| installed == version) {
        return Ok(path);
    }
    let mut install = cargo("install --quiet --debug --force");
    // Cargo then builds in a temporary folder; the workspace's would keep what nothing uses again.
    install.env_remove("CARGO_TARGET_DIR");
    install.args(options.split_whitespace());
    install
        .args(["--version", version, package, "--root"])
        .arg(&tools);
    run(&mut install)?;
    fs::write(stamp, version)?;
    Ok(path)
}

/// The version of a package in `Cargo.lock`.
fn locked(package: &str) -> Result<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))?;
    version_in(&lock, package)
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock has no {package}"))
}

fn version_in<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| **line != *name);
    lines
        .nth(1)?
        .strip_prefix("version = \"")?
        .strip_suffix('"')
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
    fn version_is_that_of_the_package_of_exactly_this_name() {
        let lock = "[[package]]\nname = \"a-b\"\nversion = \"1\"\n\n[[package]]\nname = \"a\"\nversion = \"2\"\n";
        assert_eq!(version_in(lock, "a"), Some("2"));
        assert_eq!(version_in(lock, "b"), None);
    }

    #[test]
    fn toolchain_names_its_targets() {
        let targets = targets().unwrap();
        assert!(
            targets
                .iter()
                .any(|target| target == "wasm32-unknown-unknown"),
            "{targets:?}"
        );
    }
}
