//! Clients in other languages, of `tests/clients/`.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Longest time until a client says anything.
const PATIENCE: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder for what tests leave to be looked at.
#[must_use]
pub fn shots() -> PathBuf {
    let folder = root().join("target/clients");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A running client, which says one JSON value in each line, and goes on when it reads a line.
#[derive(Debug)]
pub struct Client {
    process: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Client {
    /// A script for Node.
    #[must_use]
    pub fn node(script: &str, arguments: &[&str]) -> Self {
        let packages = root().join("target/node");
        assert!(
            packages.join("node_modules").exists(),
            "no {}: cargo xtask setup installs it",
            packages.display()
        );
        // Node looks for packages beside the script.
        for part in [script, "browsers.mjs"] {
            let (from, to) = (root().join("tests/clients").join(part), packages.join(part));
            // Another client may be reading it.
            let new = packages.join(format!("{part}.{}", std::process::id()));
            std::fs::copy(from, &new).unwrap();
            std::fs::rename(new, to).unwrap();
        }
        let copy = packages.join(script);
        Self::start(Command::new("node").arg(copy).args(arguments))
    }

    /// A script for Python.
    #[must_use]
    pub fn python(script: &str, arguments: &[&str]) -> Self {
        let python = root().join("target/venv/bin/python");
        assert!(
            python.exists(),
            "no {}: cargo xtask setup installs it",
            python.display()
        );
        let script = root().join("tests/clients").join(script);
        Self::start(Command::new(python).arg(script).args(arguments))
    }

    fn start(command: &mut Command) -> Self {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self {
            process,
            input,
            lines,
        }
    }

    /// What it says next.
    pub async fn says(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.lines.next_line());
        let line = line.await.expect("it says nothing").unwrap();
        serde_json::from_str(&line.expect("it has ended")).unwrap()
    }

    /// Lets it go on.
    pub async fn go_on(&mut self) {
        self.tell("").await;
    }

    /// Lets it go on with this word.
    pub async fn tell(&mut self, word: &str) {
        let line = format!("{word}\n");
        self.input.write_all(line.as_bytes()).await.unwrap();
    }

    /// Waits until it has ended by itself.
    pub async fn ends(mut self) {
        drop(self.input);
        let ended = tokio::time::timeout(PATIENCE, self.process.wait());
        ended.await.expect("it does not end").unwrap();
    }
}
