//! `cargo xtask soak`: the tests of `--wait`, of a besieged control and of replicas at full length, which CI runs in short.

use anyhow::Result;

use crate::step::{Steps, run};
use crate::system::{self, Chore, Missing};
use crate::workspace::cargo;
use crate::{native, tools, wasm};

/// How long the tests of `tests/tests/barrier/`, `tests/tests/faults/lease.rs`, `tests/tests/replicas/` and
/// `tests/tests/load/` are at full length.
const LENGTHS: [(&str, &str); 11] = [
    ("BARRIER_ROUNDS", "200"),
    ("CROWD_POLLERS", "1000"),
    ("CROWD_ROUNDS", "50"),
    ("CROWD_PARKED", "10000"),
    ("FROZEN_ROUNDS", "100"),
    ("LOAD_REQUESTS", "1000000"),
    ("REPLICAS_ROUNDS", "200"),
    ("SIEGE_READERS", "12000"),
    ("SIEGE_SILENT", "1500"),
    ("SIEGE_FILES", "20000"),
    ("SIEGE_SECONDS", "2"),
];

/// Installs what is needed, and runs the tests one after the other, so that their figures are their own.
pub(crate) fn soak(steps: &mut Steps) -> Result<()> {
    steps.step("prerequisites", || {
        system::check(&[Chore::Test], Missing::Name)
    })?;
    steps.step("Envoy, newest (target/envoy)", tools::envoy)?;
    steps.step("edge filter (target/*.wasm)", || wasm::build().map(|_| ()))?;
    steps.step("native filter (target/*.so)", || {
        native::build().map(|_| ())
    })?;
    steps.run(
        "build",
        &mut cargo("build --release --bins -p intermission-control -p intermission-examples"),
    )?;
    for (name, tests) in [
        ("soak", "barrier"),
        ("frozen Envoys", "faults lease::"),
        ("replicas", "replicas"),
        ("Envoys under load", "load"),
    ] {
        steps.step(name, || {
            let mut test = cargo(&format!(
                "test --release -p intermission-tests --test {tests}"
            ));
            test.args(["--", "--test-threads=1", "--nocapture"]);
            test.envs(LENGTHS);
            run(&mut test)
        })?;
    }
    Ok(())
}
