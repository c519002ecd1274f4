//! Where things are, and how cargo is called.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// The folder that everything built or installed goes to.
pub(crate) fn target() -> PathBuf {
    root().join("target")
}

/// A command that runs in the root of the workspace.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target());
    for (name, _) in std::env::vars_os() {
        // Cargo's variables about this program itself. Build scripts that look at these names (ring's does)
        // would run again whenever builds from a shell and builds from here take turns.
        let own = name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if own {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo with these arguments, divided by white space.
pub(crate) fn cargo(arguments: &str) -> Command {
    let mut cargo = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments.split_whitespace());
    cargo
}

/// Cargo with these arguments, divided by white space, about the benches, which are a workspace of their own.
pub(crate) fn benches(arguments: &str) -> Command {
    cargo_in("benches", arguments)
}

/// Cargo with these arguments, divided by white space, about the fuzz targets, which are a workspace of their own.
pub(crate) fn fuzz(arguments: &str) -> Command {
    cargo_in("fuzz", arguments)
}

fn cargo_in(workspace: &str, arguments: &str) -> Command {
    let mut cargo = cargo(arguments);
    cargo.current_dir(root().join(workspace));
    cargo.env("CARGO_TARGET_DIR", target().join(workspace));
    cargo
}
