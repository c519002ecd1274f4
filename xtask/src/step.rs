//! Steps: each has a name and a time, and the first that fails ends the chore.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What ran, and how long it took.
#[derive(Debug, Default)]
pub(crate) struct Steps(Vec<(String, Duration)>);

impl Steps {
    /// Does one step under its name.
    pub(crate) fn step<T>(&mut self, name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
        eprintln!("\n=== {name}");
        let start = Instant::now();
        let outcome = work();
        let took = start.elapsed();
        let end = if outcome.is_ok() { "done" } else { "failed" };
        eprintln!("=== {name}: {end} in {:.1} s", took.as_secs_f64());
        self.0.push((format!("{name}: {end}"), took));
        outcome.with_context(|| name.to_owned())
    }

    /// Runs one command as a step.
    pub(crate) fn run(&mut self, name: &str, command: &mut Command) -> Result<()> {
        self.step(name, || run(command))
    }

    /// Prints every step with its time.
    pub(crate) fn print(&self) {
        if self.0.is_empty() {
            return;
        }
        eprintln!();
        for (name, took) in &self.0 {
            eprintln!("{:8.1} s  {name}", took.as_secs_f64());
        }
        let all: Duration = self.0.iter().map(|(_, took)| *took).sum();
        eprintln!("{:8.1} s  in all", all.as_secs_f64());
    }
}

/// Runs a command to its end; anything but success is an error that shows the command.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| shown(command))?;
    if !status.success() {
        bail!("{}: {status}", shown(command));
    }
    Ok(())
}

/// Runs a command to its end and returns what it printed.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| shown(command))?;
    if !output.status.success() {
        bail!("{}: {}", shown(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| shown(command))
}

/// How long the output of a command may stay open after its end.
const REST: Duration = Duration::from_secs(10);

/// Runs a command to its end, passes on each line that it prints and shows it to `see`. A process that the command
/// leaves behind with its output is an error: waiting for the end of that output would not end.
pub(crate) fn watch(command: &mut Command, mut see: impl FnMut(&str)) -> Result<()> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| shown(command))?;
    let (send, lines) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n') {
                if send.send(line).is_err() {
                    break;
                }
            }
        });
    }
    let mut ended = None;
    loop {
        match lines.recv_timeout(Duration::from_secs(1)) {
            Ok(line) => {
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                see(&line);
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if ended.is_none() && child.try_wait()?.is_some() {
            ended = Some(Instant::now());
        }
        if ended.is_some_and(|ended| ended.elapsed() > REST) {
            bail!(
                "{}: it has ended, and a process that it started has not",
                shown(command)
            );
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("{}: {status}", shown(command));
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn each_line_is_seen_to_the_end() {
        let mut seen = Vec::new();
        let script = "echo one; sleep 0.1; printf 'two\nthree'";
        watch(&mut shell(script), |line| seen.push(line.to_owned())).unwrap();
        assert_eq!(seen, ["one", "two", "three"]);
        assert!(watch(&mut shell("echo one; exit 3"), |_| {}).is_err());
    }

    #[test]
    fn a_process_that_is_left_behind_is_an_error() {
        let error = watch(&mut shell("sleep 60 & echo one"), |_| {}).unwrap_err();
        assert!(error.to_string().contains("has not"), "{error}");
    }
}
