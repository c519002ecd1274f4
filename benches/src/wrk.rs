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
    /// Within how many microseconds half of the answers came, and 75, 90 and 99 of a hundred.
    pub latency_us: [f64; 4],
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
        .args([
            "--latency",
            "--threads",
            "1",
            "--connections",
            "32",
            "--duration",
        ])
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
        latency_us: latency(&text).context("wrk does not tell how long it took")?,
    })
}

fn latency(text: &str) -> Option<[f64; 4]> {
    let mut latency = [0.0; 4];
    for (slot, share) in latency.iter_mut().zip(["50%", "75%", "90%", "99%"]) {
        let mut lines = text.lines();
        let time = lines
            .find_map(|line| line.trim().strip_prefix(share))?
            .trim();
        let unit = time.find(char::is_alphabetic)?;
        let (number, unit) = time.split_at_checked(unit)?;
        let factor = match unit {
            "us" => 1.0,
            "ms" => 1e3,
            "s" => 1e6,
            _ => return None,
        };
        *slot = number.parse::<f64>().ok()? * factor;
    }
    Some(latency)
}
