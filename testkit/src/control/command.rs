//! The command, from its start to its end.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::LONG;
use crate::process::signal;

/// A command that has not ended, and ends with this value.
#[derive(Debug)]
pub struct Begun {
    process: Child,
    /// Line by line.
    out: mpsc::Receiver<String>,
    err: mpsc::Receiver<String>,
    /// What was read of it already.
    said: String,
}

impl Begun {
    /// Starts it.
    pub fn start(command: &mut Command) -> Self {
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            out: read_lines(process.stdout.take().unwrap()),
            err: read_all(process.stderr.take().unwrap()),
            said: String::new(),
            process,
        }
    }

    /// That it does not end for a moment.
    #[track_caller]
    pub fn goes_on(&mut self) {
        let end = self.err.recv_timeout(Duration::from_millis(700));
        assert_eq!(end, Err(mpsc::RecvTimeoutError::Timeout));
        assert_eq!(self.process.try_wait().unwrap(), None);
    }

    /// Waits until this is on its standard output.
    #[track_caller]
    pub fn says(&mut self, text: &str) {
        while !self.said.contains(text) {
            self.said += &self.out.recv_timeout(LONG).unwrap();
        }
    }

    /// What it has said until now.
    pub fn said(&self) -> &str {
        &self.said
    }

    /// SIGINT.
    pub fn interrupt(&self) {
        signal(self.process.id(), "INT");
    }

    /// How it ends.
    #[track_caller]
    pub fn ends(mut self) -> Run {
        let err = self.err.recv_timeout(LONG).unwrap();
        let out = self.said.clone() + &self.out.iter().collect::<String>();
        let code = self.process.wait().unwrap().code();
        Run { code, out, err }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What is written, line by line.
fn read_lines(from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let _ = send.send(line.unwrap() + "\n");
        }
    });
    lines
}

/// All that is written until the end.
fn read_all(mut from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (send, all) = mpsc::channel();
    thread::spawn(move || {
        let mut text = String::new();
        from.read_to_string(&mut text).unwrap();
        let _ = send.send(text);
    });
    all
}

/// How a command ended.
#[derive(Debug)]
pub struct Run {
    /// Its exit code, unless a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl From<std::process::Output> for Run {
    fn from(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// That it went well; gives back what it printed.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// That it ended with `code`; gives back what it complained.
    #[track_caller]
    pub fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        assert_eq!(self.out, "", "a failure prints nothing to standard output");
        self.err
    }

    /// That it went well; gives back what it printed in JSON.
    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.done()).unwrap()
    }
}
