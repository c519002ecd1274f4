//! `cargo xtask simulate [--runs N]`: the simulations of `--wait` in `control/src/registry/simulation/`, of one control and of
//! several replicas, which CI runs in short. Each run begins with another seed than those of the last call.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use crate::step::Steps;
use crate::workspace::cargo;

/// How many runs there are where no number is given.
const USUAL: &str = "1000000";

/// Reads the arguments of the chore, and runs the simulation in parallel.
pub(crate) fn simulate(steps: &mut Steps, arguments: &[&str]) -> Result<()> {
    let runs = match arguments {
        [] => USUAL,
        ["--runs", runs] => runs,
        _ => bail!("cargo xtask simulate [--runs N]"),
    };
    let runs: u64 = runs.parse().context("--runs N")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let first = now.as_micros().to_string();
    let mut test =
        cargo("test --profile simulation --package intermission-control --lib simulation");
    test.args(["--", "--nocapture"]);
    test.env("RUNS", runs.to_string()).env("FIRST", first);
    steps.run("simulation", &mut test)
}
