//! `cargo xtask libraries`: the core, the node and the layer with the oldest Rust that they support.

use anyhow::Result;

use crate::step::Steps;
use crate::system::{self, Chore, Missing};
use crate::tools::OLDEST_RUST;
use crate::workspace::{command, target};

/// Checks what must be there, and tests them.
pub(crate) fn run(steps: &mut Steps) -> Result<()> {
    let chores = [Chore::Libraries];
    steps.step("prerequisites", || system::check(&chores, Missing::Name))?;
    test(steps)
}

/// Tests them in a folder of their own, since each toolchain builds everything anew.
pub(crate) fn test(steps: &mut Steps) -> Result<()> {
    // The core's tests with generated input take long, and need no second compiler.
    for (package, tests) in [
        ("intermission-core", ["--test", "corpus"].as_slice()),
        ("intermission-node", &["--tests"]),
        ("intermission", &["--tests"]),
    ] {
        let mut test = command("rustup");
        test.args(["run", OLDEST_RUST, "cargo", "test", "--locked", "--quiet"]);
        test.args(["--package", package, "--all-features", "--lib"])
            .args(tests);
        test.env("CARGO_TARGET_DIR", target().join("rust-oldest"));
        steps.run(&format!("{package} with Rust {OLDEST_RUST}"), &mut test)?;
    }
    Ok(())
}
