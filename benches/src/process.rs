//! A server in a process of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// A server that says on its first line where it listens, and ends when its standard input does.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Closed first, so that it need not be killed.
    input: Option<ChildStdin>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts the binary `name` that was built beside this one, on one processor of its own.
    pub fn start(name: &str, arguments: &[&str], processor: usize) -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name(name);
        let mut child = Command::new("taskset")
            .args(["--cpu-list", &processor.to_string()])
            .arg(&binary)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("taskset")?;
        let input = child.stdin.take();
        let output = child.stdout.take().context("there is a pipe")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().parse();
        let address = address.with_context(|| {
            format!("{} does not start; build all with --bins", binary.display())
        })?;
        Ok(Self {
            child,
            input,
            address,
        })
    }

    /// How long all its threads have been on a processor.
    pub fn cpu_time(&self) -> Result<Duration> {
        let mut total = Duration::ZERO;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let statistics = fs::read_to_string(thread?.path().join("schedstat"))?;
            let ran = statistics.split(' ').next().context("schedstat is empty")?;
            total += Duration::from_nanos(ran.parse()?);
        }
        Ok(total)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        // It is gone, or was never there.
        let _ = self.child.wait();
    }
}
