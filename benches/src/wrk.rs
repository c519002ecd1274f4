//! Load by `wrk`.

use std::net::SocketAddr;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// What came of asking for some time.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How many answers there were.
    pub answers: u64,
    /// How many of them had a status that is no success.
    pub refusals: u64,
    /// How many there were in each second.
    pub per_second: f64,
}

/// Asks a server again and again over 32 connections for so many seconds, from one processor.
pub fn load(
    server: SocketAddr,
    headers: &[&str],
    duration: Duration,
    processor: usize,
) -> Result<Load> {
    let output = Command::new("taskset")
        .args(["--cpu-list", &processor.to_string(), "wrk"])
        .args(["--threads", "1", "--connections", "32", "--duration"])
        .arg(format!("{}s", duration.as_secs()))
        .args(headers.iter().flat_map(|header| ["--header", header]))
        .arg(format!("http://{server}/"))
        .output()
        .context("wrk")?;
    let text = String::from_utf8(output.stdout)?;
    ensure!(
        output.status.success() && !text.contains("Socket errors"),
        "wrk failed: {text}"
    );
    let number = |before: &str| {
        let (_, rest) = text.split_once(before)?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let answers = text
        .lines()
        .find(|line| line.contains(" requests in "))
        .and_then(|line| line.split_whitespace().next()?.parse().ok());
    Ok(Load {
        answers: answers.context("wrk does not tell how many answers there were")?,
        refusals: number("Non-2xx or 3xx responses:").map_or(0, |refusals| refusals as u64),
        per_second: number("Requests/sec:").context("wrk does not tell how fast it was")?,
    })
}
