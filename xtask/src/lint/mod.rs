//! `cargo xtask lint`: format, lints, docs, features, targets, licences, documentation and the deployment files.

mod deployment;
mod features;
mod files;
mod house;
mod paths;
mod words;

use anyhow::{Result, ensure};

use crate::step::{Steps, run as run_command};
use crate::system::{self, Chore, Missing};
use crate::tools;
use crate::workspace::{benches, cargo, command, fuzz, root};

/// Runs every check.
pub(crate) fn run(steps: &mut Steps) -> Result<()> {
    steps.step("prerequisites", || {
        system::check(&[Chore::Lint], Missing::Name)
    })?;
    quick(steps)?;
    thorough(steps)
}

/// The checks that fail most often, and soonest.
pub(crate) fn quick(steps: &mut Steps) -> Result<()> {
    steps.run("format", &mut cargo("fmt --all --check"))?;
    steps.run("format of the benches", &mut benches("fmt --check"))?;
    steps.run("format of the fuzz targets", &mut fuzz("fmt --check"))?;
    tidy(steps)?;
    steps.run(
        "clippy",
        &mut cargo("clippy --workspace --all-targets --all-features -- --deny warnings"),
    )
}

/// The checks that read files alone.
pub(crate) fn tidy(steps: &mut Steps) -> Result<()> {
    steps.step("paths that documentation names", || {
        none(paths::check(root())?)
    })?;
    steps.step("words", || none(words::check(root())?))?;
    steps.step("rooms, circles and sizes", || none(house::check(root())?))
}

/// Fails with all faults, if there are any.
fn none(faults: Vec<String>) -> Result<()> {
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    Ok(())
}

/// The others.
pub(crate) fn thorough(steps: &mut Steps) -> Result<()> {
    let mut doc = cargo("doc --workspace --no-deps --all-features");
    steps.run("docs", doc.env("RUSTDOCFLAGS", "--deny warnings"))?;
    steps.step("each feature alone", features::check)?;
    steps.run(
        "core without std (thumbv7em-none-eabi)",
        &mut cargo("build --package intermission-core --target thumbv7em-none-eabi"),
    )?;
    steps.run(
        "edge filter as Envoy loads it (wasm32-wasip1)",
        &mut cargo(
            "clippy --package intermission-edge-filter --target wasm32-wasip1 --all-features -- --deny warnings",
        ),
    )?;
    // Without the contenders, which take long to build.
    steps.run(
        "clippy of the benches",
        &mut benches("clippy --locked --all-targets -- --deny warnings"),
    )?;
    steps.run(
        "clippy of the fuzz targets",
        &mut fuzz("clippy --locked --all-targets -- --deny warnings"),
    )?;
    steps.step("examples in Envoy, oldest and newest", deployment::envoy)?;
    steps.step("examples by Istio's schemas", deployment::istio)?;
    steps.step("examples by Kubernetes' schemas", deployment::kubernetes)?;
    steps.step(
        "plugin configurations of the examples",
        deployment::plugin_configurations,
    )?;
    steps.step("licences, bans and sources", || {
        let deny = tools::cargo_deny()?;
        run_command(command(deny).args(["--all-features", "check", "bans", "licenses", "sources"]))
    })
}
