//! One process of the demo.

use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout};
use tokio::time::{interval, timeout};

/// How long a process may take to listen.
const START: Duration = Duration::from_secs(20);
/// How long a process may take to stop; control gives requests that run 10 s.
const STOP: Duration = Duration::from_secs(15);

/// A child whose output is shown with its name in front.
#[derive(Debug)]
pub(super) struct Process {
    name: &'static str,
    child: Child,
    output: Option<Lines<BufReader<ChildStdout>>>,
    /// Whether its end was reported.
    is_reported: bool,
}

impl Process {
    /// Starts it.
    pub(super) fn start(name: &'static str, command: Command) -> Result<Self> {
        let mut command = tokio::process::Command::from(command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        // A group of its own: Ctrl-C reaches the demo alone, which then stops its processes in order.
        command.process_group(0);
        let mut child = command.spawn().with_context(|| name)?;
        tokio::spawn(show_all(
            name,
            lines(child.stderr.take().context("no stderr")?),
        ));
        let output = Some(lines(child.stdout.take().context("no stdout")?));
        Ok(Self {
            name,
            child,
            output,
            is_reported: false,
        })
    }

    /// Waits until it says that it listens.
    pub(super) async fn ready(&mut self) -> Result<()> {
        let name = self.name;
        let mut output = self.output.take().context("waited for twice")?;
        let listens = async {
            while let Ok(Some(line)) = output.next_line().await {
                show(name, &line);
                if line.starts_with("listening on ") {
                    return true;
                }
            }
            false
        };
        match timeout(START, listens).await {
            Ok(true) => tokio::spawn(show_all(name, output)),
            Ok(false) => bail!("{name} ended before it listened ({})", self.ended().await),
            Err(_) => bail!("{name} does not listen after {} s", START.as_secs()),
        };
        Ok(())
    }

    /// Waits until it accepts connections at this address, which it need not say.
    pub(super) async fn accepts(&mut self, address: &str) -> Result<()> {
        let name = self.name;
        let output = self.output.take().context("waited for twice")?;
        tokio::spawn(show_all(name, output));
        let accepts = async {
            let mut pause = interval(Duration::from_millis(50));
            while TcpStream::connect(address).await.is_err() {
                pause.tick().await;
            }
        };
        tokio::select! {
            status = self.child.wait() => bail!("{name} ended before it listened ({status:?})"),
            accepted = timeout(START, accepts) => {
                accepted.with_context(|| format!("{name} does not listen after {} s", START.as_secs()))
            }
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// How it has ended, once.
    pub(super) fn has_ended(&mut self) -> Option<String> {
        if self.is_reported {
            return None;
        }
        let status = self.child.try_wait().ok()??;
        self.is_reported = true;
        Some(status.to_string())
    }

    /// Waits for its end and says what that was.
    async fn ended(&mut self) -> String {
        match self.child.wait().await {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }

    /// Asks it to stop; kills it if it does not.
    pub(super) async fn stop(mut self) {
        // No id: it has ended already.
        let Some(id) = self
            .child
            .id()
            .and_then(|id| Pid::from_raw(id.try_into().ok()?))
        else {
            return;
        };
        let asked = kill_process(id, Signal::TERM).is_ok();
        if !asked || timeout(STOP, self.child.wait()).await.is_err() {
            // It may have ended meanwhile; nothing else can go wrong here.
            let _ = self.child.kill().await;
        }
    }
}

fn lines<R: AsyncRead>(output: R) -> Lines<BufReader<R>> {
    BufReader::new(output).lines()
}

async fn show_all(name: &str, mut lines: Lines<BufReader<impl AsyncRead + Unpin>>) {
    while let Ok(Some(line)) = lines.next_line().await {
        show(name, &line);
    }
}

fn show(name: &str, line: &str) {
    println!("{name:>8} | {line}");
}
