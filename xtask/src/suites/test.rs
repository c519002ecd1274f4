//! `cargo xtask test`: runs every test, and each fuzz target for a moment.

use anyhow::{Result, bail};

use crate::step::{Steps, watch};
use crate::suites::tally::Tally;
use crate::suites::{api, fuzz};
use crate::system::{self, Chore, Missing};
use crate::workspace::cargo;
use crate::{native, tools, wasm};

/// Checks what must be there, brings the rest under `target/`, and runs every test.
pub(crate) fn run(steps: &mut Steps, missing: Missing) -> Result<()> {
    steps.step("prerequisites", || system::check(&[Chore::Test], missing))?;
    let tally = all(steps)?;
    tally.print();
    Ok(())
}

/// Runs every test; what the system must have is there already.
pub(crate) fn all(steps: &mut Steps) -> Result<Tally> {
    steps.step("clients in Python (target/venv)", tools::python)?;
    steps.step("clients in Node (target/node)", tools::node_packages)?;
    steps.step("Envoy, newest (target/envoy)", tools::envoy)?;
    steps.step("Envoy, oldest (target/oldest-envoy)", tools::oldest_envoy)?;
    steps.step("edge filter (target/*.wasm)", || {
        wasm::build_with_panic_switch()?;
        wasm::build()
    })?;
    steps.step("native filter (target/*.so)", native::build)?;
    // Binaries and tests at once, so that tests that start a binary of another package find one of the same build.
    steps.run(
        "build",
        &mut cargo("build --workspace --all-features --bins --tests"),
    )?;

    api::check(steps)?;

    let mut tally = Tally::default();
    let native = steps.step("native tests", || {
        let mut test = cargo("test --workspace --all-features --no-fail-fast -- --show-output");
        // Errors tell what went wrong where; anyhow's stack traces would bury that.
        test.env("RUST_LIB_BACKTRACE", "0");
        watch(&mut test, |line| tally.see(line))
    });
    let wasm = steps.step("wasm tests", || {
        let mut test =
            cargo("test --package intermission-core --target wasm32-wasip1 --test corpus");
        test.args(["--", "--nocapture"]);
        watch(&mut test, |line| tally.see(line))
    });
    if native.is_err() || wasm.is_err() {
        tally.print();
    }
    native.and(wasm)?;
    let silent = tally.silent();
    if !silent.is_empty() {
        bail!("no vectors ran in {}", silent.join(", "));
    }
    fuzz::briefly(steps)?;
    Ok(tally)
}
