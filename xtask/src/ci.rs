//! `cargo xtask ci`: what CI runs, what fails soonest first.

use anyhow::Result;

use crate::counts::Task;
use crate::step::Steps;
use crate::{counts, lint, system, test, tools};

/// Runs lint, counts and test.
pub(crate) fn run(steps: &mut Steps) -> Result<()> {
    steps.step("system prerequisites", system::check)?;
    steps.step("toolchain", tools::toolchain)?;
    lint::quick(steps)?;
    counts::all(steps, Task::Compare)?;
    let tally = test::all(steps)?;
    lint::thorough(steps)?;
    tally.print();
    Ok(())
}
