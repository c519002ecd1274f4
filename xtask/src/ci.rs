//! `cargo xtask ci`: what CI runs, what fails soonest first.

use anyhow::Result;

use crate::step::Steps;
use crate::{lint, system, test, tools};

/// Runs lint and test.
pub(crate) fn run(steps: &mut Steps) -> Result<()> {
    steps.step("system prerequisites", system::check)?;
    steps.step("toolchain", tools::toolchain)?;
    lint::quick(steps)?;
    let tally = test::all(steps)?;
    lint::thorough(steps)?;
    tally.print();
    Ok(())
}
