use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::http::{Answer, Ask};

const BINARY: &str = env!("CARGO_BIN_EXE_intermission");
const PATIENCE: Duration = Duration::from_secs(30);

/// A user's home on a machine of its own: nothing of the real environment gets in.
#[derive(Debug)]
pub(crate) struct Home {
    folder: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    /// The binary, in this home.
    pub(crate) fn binary(&self) -> Command {
        self.seclude(Command::new(BINARY))
    }

    /// The binary, started by a shell that runs `setup` first.
    pub(crate) fn binary_after(&self, setup: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("{setup}\nexec \"$0\" \"$@\""), BINARY]);
        self.seclude(command)
    }

    fn seclude(&self, mut command: Command) -> Command {
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("XDG_STATE_HOME", self.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts control on a free port and waits until it says that it is ready.
    pub(crate) fn start(&self) -> Control {
        self.start_by(self.binary())
    }

    pub(crate) fn start_by(&self, command: Command) -> Control {
        let mut control = self.launch(command);
        control.wait_ready();
        control
    }

    /// Starts control where one was before.
    pub(crate) fn start_at(&self, address: &str) -> Control {
        self.start_on(address, &[])
    }

    /// Starts control on this address, with these options too.
    pub(crate) fn start_on(&self, listen: &str, options: &[&str]) -> Control {
        let mut control = self.serve(self.binary(), listen, options);
        control.wait_ready();
        control
    }

    /// Starts control and waits for nothing.
    pub(crate) fn launch(&self, command: Command) -> Control {
        self.serve(command, "127.0.0.1:0", &[])
    }

    fn serve(&self, mut command: Command, listen: &str, options: &[&str]) -> Control {
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.path().join("log"))
            .unwrap();
        let mut process = command
            .args(["serve", "--listen", listen, "--data"])
            .arg(self.data())
            .args(options)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let (send, ready) = mpsc::channel();
        thread::spawn(move || {
            let _ = send.send(lines.next().and_then(Result::ok));
        });
        Control {
            process,
            ready,
            address: String::new(),
            token: String::new(),
            data: self.data(),
        }
    }

    /// What control wrote to its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.path().join("log")).unwrap()
    }

    /// Runs the command against `control`.
    pub(crate) fn run(&self, control: &Control, line: &[&str]) -> Run {
        self.run_at(&control.address, line)
    }

    /// Begins to run the command against `control`.
    pub(crate) fn begin(&self, control: &Control, line: &[&str]) -> Begun {
        self.begin_with(control, line, &[])
    }

    /// Begins to run the command against `control`, with these variables.
    pub(crate) fn begin_with(
        &self,
        control: &Control,
        line: &[&str],
        variables: &[(&str, &str)],
    ) -> Begun {
        let server = format!("http://{}", control.address);
        let mut command = self.binary();
        command.env("INTERMISSION_SERVER", server);
        Begun::new(command.envs(variables.iter().copied()).args(line))
    }

    /// Runs the command against the control at `address`.
    pub(crate) fn run_at(&self, address: &str, line: &[&str]) -> Run {
        let server = format!("http://{address}");
        let mut command = self.binary();
        Run::from(
            command
                .env("INTERMISSION_SERVER", server)
                .args(line)
                .output()
                .unwrap(),
        )
    }
}

/// A command that has not ended, and ends with this value.
#[derive(Debug)]
pub(crate) struct Begun {
    process: Child,
    /// Line by line.
    out: mpsc::Receiver<String>,
    err: mpsc::Receiver<String>,
    /// What was read of it already.
    said: String,
}

impl Begun {
    fn new(command: &mut Command) -> Self {
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
    pub(crate) fn goes_on(&mut self) {
        let end = self.err.recv_timeout(Duration::from_millis(700));
        assert_eq!(end, Err(mpsc::RecvTimeoutError::Timeout));
        assert_eq!(self.process.try_wait().unwrap(), None);
    }

    /// Waits until this is on its standard output.
    #[track_caller]
    pub(crate) fn says(&mut self, text: &str) {
        while !self.said.contains(text) {
            self.said += &self.out.recv_timeout(PATIENCE).unwrap();
        }
    }

    /// What it has said until now.
    pub(crate) fn said(&self) -> &str {
        &self.said
    }

    /// SIGINT.
    pub(crate) fn interrupt(&self) {
        let id = self.process.id().to_string();
        let told = Command::new("/bin/sh")
            .args(["-c", "kill -INT \"$0\"", &id])
            .status();
        assert!(told.unwrap().success());
    }

    /// How it ends.
    #[track_caller]
    pub(crate) fn ends(mut self) -> Run {
        let err = self.err.recv_timeout(PATIENCE).unwrap();
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
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
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
    pub(crate) fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// That it ended with `code`; gives back what it complained.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}{}", self.out, self.err);
        assert_eq!(self.out, "", "a failure prints nothing to standard output");
        self.err
    }

    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&self.done()).unwrap()
    }
}

/// A control in a process of its own, which ends with this value.
#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) process: Child,
    ready: mpsc::Receiver<Option<String>>,
    pub(crate) address: String,
    pub(crate) token: String,
    data: PathBuf,
}

impl Control {
    pub(crate) fn wait_ready(&mut self) {
        let line = self
            .ready
            .recv_timeout(PATIENCE)
            .unwrap()
            .expect("no ready line");
        let rest = line.strip_prefix("listening on ").unwrap();
        let (_, rest) = rest.split_once("://").unwrap();
        let (address, rest) = rest.split_once(", data in ").unwrap();
        let (data, token) = rest.split_once(", operator token in ").unwrap();
        assert_eq!(Path::new(data), self.data.canonicalize().unwrap());
        self.address = address.to_owned();
        self.token = fs::read_to_string(token).unwrap().trim().to_owned();
    }

    /// Sends a request as it is.
    #[track_caller]
    pub(crate) fn ask(&self, ask: Ask) -> Answer {
        ask.send(&self.address).unwrap()
    }

    /// The request, with the operator's token.
    pub(crate) fn authorized(&self, ask: Ask) -> Ask {
        ask.bearer(&self.token)
    }

    /// Gets what is at `path` with the token.
    #[track_caller]
    pub(crate) fn get(&self, path: impl Into<String>) -> Answer {
        self.ask(self.authorized(Ask::new("GET", path)))
    }

    /// Makes a token, as `body` describes it.
    #[track_caller]
    pub(crate) fn token(&self, body: &Value) -> String {
        let made = self.post("/v1/tokens", body);
        assert_eq!(made.status, 201, "{}", made.json());
        made.json()["token"].as_str().unwrap().to_owned()
    }

    /// Posts a change with the token.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(self.authorized(Ask::new("POST", path)).json(body))
    }

    /// Patches a state that has the tag `etag`.
    pub(crate) fn patch(&self, service: &str, etag: &str, body: &Value) -> Answer {
        let ask = Ask::new("PATCH", format!("/v1/services/{service}/state"))
            .header("if-match", etag)
            .header("content-type", "application/merge-patch+json")
            .body(body.to_string());
        self.ask(self.authorized(ask))
    }

    #[track_caller]
    pub(crate) fn add(&self, service: &str) {
        assert_eq!(
            self.post("/v1/services", &json!({ "name": service }))
                .status,
            201
        );
    }

    #[track_caller]
    pub(crate) fn state(&self, service: &str) -> Answer {
        let state = self.get(format!("/v1/services/{service}/state"));
        assert_eq!(state.status, 200);
        state
    }

    /// The whole history of a service, the oldest first.
    pub(crate) fn history(&self, service: &str) -> Vec<Value> {
        let path = format!("/v1/services/{service}/history");
        let mut entries = Vec::new();
        let mut query = String::new();
        loop {
            let page = self.get(format!("{path}{query}"));
            assert_eq!(page.status, 200);
            let page = page.json();
            entries.extend(page["entries"].as_array().unwrap().clone());
            match page["next"].as_u64() {
                Some(next) => query = format!("?before={next}"),
                None => break,
            }
        }
        entries.reverse();
        entries
    }

    /// Waits for a condition.
    #[track_caller]
    pub(crate) fn until(&self, condition: impl Fn() -> bool) {
        let begun = Instant::now();
        while !condition() {
            assert!(begun.elapsed() < PATIENCE, "it never came to be");
            thread::yield_now();
        }
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// SIGTERM; gives back the exit code.
    pub(crate) fn stop(&mut self) -> Option<i32> {
        let id = self.process.id().to_string();
        let told = Command::new("/bin/sh")
            .args(["-c", "kill \"$0\"", &id])
            .status();
        assert!(told.unwrap().success());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
