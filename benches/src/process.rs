//! A server in a process of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

/// A server, on one processor of its own.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// What it ends with, unless it has to be killed.
    input: Option<ChildStdin>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Starts the binary `name` that was built beside this one, says on its first line where it listens, and ends when
    /// its standard input does.
    pub fn start(name: &str, arguments: &[&str], processor: usize) -> Result<Self> {
        let binary = std::env::current_exe()?.with_file_name(name);
        let mut child = on(processor)
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

    /// Starts a program of others that listens at `address`.
    pub fn run(
        program: &str,
        arguments: &[&str],
        address: SocketAddr,
        processor: usize,
    ) -> Result<Self> {
        let child = on(processor)
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("taskset")?;
        let mut server = Self {
            child,
            input: None,
            address,
        };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = server.child.try_wait()?;
            ensure!(
                ended.is_none() && begun.elapsed() < Duration::from_secs(20),
                "{program} {arguments:?} does not listen; run it by hand to see why"
            );
            std::thread::yield_now();
        }
        Ok(server)
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

    /// Its resident memory, in bytes.
    pub fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.context("VmRSS is missing")?.trim();
        Ok(kib.trim_end_matches(" kB").parse::<u64>()? << 10)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.input.take().is_none() {
            let _ = self.child.kill();
        }
        // It is gone, or was never there.
        let _ = self.child.wait();
    }
}

fn on(processor: usize) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", &processor.to_string()]);
    command
}

/// An address at which no process listens.
pub fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// What a command has made under `target/`.
pub fn made(path: &str, by: &str) -> Result<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../target")
        .join(path);
    ensure!(
        path.exists(),
        "{} is not there; {by} makes it",
        path.display()
    );
    path.canonicalize().context("it is there")
}
