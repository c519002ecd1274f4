//! `cargo xtask ci`: what CI runs, what fails soonest first.

use anyhow::Result;

use crate::counts::Task;
use crate::step::Steps;
use crate::suites::{libraries, test};
use crate::system::{self, Chore, Missing};
use crate::{counts, lint};

/// Runs lint, counts, test and the tests of the libraries.
pub(crate) fn run(steps: &mut Steps, missing: Missing) -> Result<()> {
    let chores = [Chore::Lint, Chore::Counts, Chore::Test, Chore::Libraries];
    steps.step("prerequisites", || system::check(&chores, missing))?;
    lint::quick(steps)?;
    counts::all(steps, Task::Compare)?;
    let tally = test::all(steps)?;
    lint::thorough(steps)?;
    libraries::test(steps)?;
    tally.print();
    Ok(())
}
