//! A process under test, which prints the address that it listens on.

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

const START: Duration = Duration::from_secs(20);

/// A process, killed when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// The address that it listens on.
    pub(crate) url: String,
    // Kept open, so that later output finds a reader.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts the process, with its log in this file, and waits until it listens.
    pub(crate) async fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::options().create(true).append(true).open(log)?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{:?}", command.as_std()))?;
        let mut output = BufReader::new(child.stdout.take().context("no stdout")?).lines();
        let url = timeout(START, url(&mut output))
            .await?
            .with_context(|| format!("{:?}, log in {}", command.as_std(), log.display()))?;
        Ok(Self {
            child,
            url,
            _output: output,
        })
    }

    /// Kills the process as `kill -9` does.
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("kill")
    }
}

async fn url(output: &mut Lines<BufReader<ChildStdout>>) -> Result<String> {
    while let Some(line) = output.next_line().await? {
        if let Some(rest) = line.strip_prefix("listening on ") {
            return Ok(rest.split([',', ' ']).next().unwrap_or_default().to_owned());
        }
    }
    anyhow::bail!("ended before it listened")
}
