use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use serde_json::{Value, json};

use super::{Answer, Ask};
use crate::{Process, wait_for};

/// A control in a process of its own, which ends with this value.
#[derive(Debug)]
pub struct Control {
    /// The process.
    pub process: Process,
    /// Where it listens, once it is ready.
    pub address: String,
    /// The operator's token, once it is ready.
    pub token: String,
    data: PathBuf,
}

impl Control {
    pub(super) fn new(process: Process, data: PathBuf) -> Self {
        Self {
            process,
            address: String::new(),
            token: String::new(),
            data,
        }
    }

    /// Waits until it says that it is ready.
    #[track_caller]
    pub fn wait_ready(&mut self) {
        let line = self.process.first_line();
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
    pub fn ask(&self, ask: Ask) -> Answer {
        ask.send(&self.address).unwrap()
    }

    /// Sends a request with the operator's token from a thread of its own.
    pub fn begin(&self, ask: Ask) -> Receiver<Answer> {
        let (ask, address) = (self.authorized(ask), self.address.clone());
        let (send, answer) = mpsc::channel();
        thread::spawn(move || send.send(ask.send(&address).unwrap()));
        answer
    }

    /// The request, with the operator's token.
    pub fn authorized(&self, ask: Ask) -> Ask {
        ask.bearer(&self.token)
    }

    /// Gets what is at `path` with the token.
    #[track_caller]
    pub fn get(&self, path: impl Into<String>) -> Answer {
        self.ask(self.authorized(Ask::new("GET", path)))
    }

    /// Makes a token, as `body` describes it.
    #[track_caller]
    pub fn token(&self, body: &Value) -> String {
        let made = self.post("/v1/tokens", body);
        assert_eq!(made.status, 201, "{}", made.json());
        made.json()["token"].as_str().unwrap().to_owned()
    }

    /// Posts a change with the token.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(self.authorized(Ask::new("POST", path)).json(body))
    }

    /// Patches a state that has the tag `etag`.
    pub fn patch(&self, service: &str, etag: &str, body: &Value) -> Answer {
        let ask = Ask::new("PATCH", format!("/v1/services/{service}/state"))
            .header("if-match", etag)
            .header("content-type", "application/merge-patch+json")
            .body(body.to_string());
        self.ask(self.authorized(ask))
    }

    /// Adds a service.
    #[track_caller]
    pub fn add(&self, service: &str) {
        assert_eq!(
            self.post("/v1/services", &json!({ "name": service }))
                .status,
            201
        );
    }

    /// The state of a service.
    #[track_caller]
    pub fn state(&self, service: &str) -> Answer {
        let state = self.get(format!("/v1/services/{service}/state"));
        assert_eq!(state.status, 200);
        state
    }

    /// The whole history of a service, the oldest first.
    pub fn history(&self, service: &str) -> Vec<Value> {
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
    pub fn until(&self, condition: impl Fn() -> bool) {
        wait_for("the condition is not met", || condition().then_some(()));
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// SIGTERM; gives back the exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.process.signal("TERM");
        self.process.wait().code()
    }
}
