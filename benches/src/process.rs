//! A server in a process of its own.

use std::net::SocketAddr;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use intermission_testkit::Process;

/// A server, on one processor of its own.
#[derive(Debug)]
pub struct Server {
    process: Process,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts the binary `name` that was built beside this one, and says on its first line where it listens.
    pub fn start(name: &str, arguments: &[&str], processor: usize) -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name(name);
        let process = Process::launch(on(processor).arg(&binary).args(arguments));
        let address = process.address();
        Ok(Self { process, address })
    }

    /// Starts a program of others that listens at `address`.
    #[must_use]
    pub fn run(program: &str, arguments: &[&str], address: SocketAddr, processor: usize) -> Self {
        let mut command = on(processor);
        command.arg(program).args(arguments).stderr(Stdio::null());
        // Envoy looks there for dynamic modules.
        command.env("ENVOY_DYNAMIC_MODULES_SEARCH_PATH", target());
        let mut process = Process::launch(&mut command);
        process.listens(address);
        Self { process, address }
    }
}

impl Deref for Server {
    type Target = Process;

    fn deref(&self) -> &Process {
        &self.process
    }
}

fn on(processor: usize) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &processor.to_string()]);
    command.stdin(Stdio::null());
    command
}

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}

/// What a command has made under `target/`.
pub fn made(path: &str, by: &str) -> Result<PathBuf> {
    let path = target().join(path);
    ensure!(
        path.exists(),
        "{} is not there; {by} makes it",
        path.display()
    );
    path.canonicalize().context("it is there")
}
