//! `cargo xtask setup`: everything that the chores need, on the machine and under `target/`.

use anyhow::Result;

use crate::step::Steps;
use crate::system::{self, Chore, Missing};
use crate::tools;

/// Installs it all.
pub(crate) fn run(steps: &mut Steps) -> Result<()> {
    let chores = [
        Chore::Bench,
        Chore::Counts,
        Chore::Demo,
        Chore::Libraries,
        Chore::Lint,
        Chore::Test,
        Chore::Wasm,
    ];
    steps.step("system and toolchains", || {
        system::check(&chores, Missing::Install)
    })?;
    steps.step("clients in Python (target/venv)", tools::python)?;
    steps.step("clients in Node (target/node)", tools::node_packages)?;
    steps.step("Envoy, newest (target/envoy)", tools::envoy)?;
    steps.step("Envoy, oldest (target/oldest-envoy)", tools::oldest_envoy)?;
    steps.step("REDbot and schemathesis (target/api)", tools::api)?;
    steps.step("schemas of Istio (target/istio)", tools::istio_python)?;
    steps.step(
        "schemas of Kubernetes (target/kubernetes)",
        tools::kubernetes_validate,
    )?;
    steps.step("cargo-deny (target/tools)", tools::cargo_deny)?;
    Ok(())
}
