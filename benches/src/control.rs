//! A control in a process of its own, and nodes that poll it.

use std::fs;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::connection::Connection;
use crate::process::{Server, free_address, made};

/// A control with the service `shop`.
#[derive(Debug)]
pub struct Control {
    /// The process, which is to end before its folder does.
    pub server: Server,
    home: TempDir,
    /// The token of the nodes.
    pub token: String,
}

impl Control {
    /// Starts one whose nodes may be so many.
    pub async fn start(nodes: usize, processor: usize) -> Result<Self> {
        let binary = made(
            "release/intermission",
            "cargo build --release --package intermission-control",
        )?;
        let home = tempfile::tempdir()?;
        let [state, data] = ["", "data"].map(|name| home.path().join(name).display().to_string());
        let address = free_address()?;
        let arguments = [
            &format!("XDG_STATE_HOME={state}"),
            &*binary.to_string_lossy(),
            "serve",
            "--listen",
            &address.to_string(),
            "--data",
            &data,
        ];
        let server = Server::run("env", &arguments, address, processor)?;
        let mut control = Self {
            server,
            home,
            token: String::new(),
        };
        control.post("/v1/services", r#"{"name":"shop"}"#).await?;
        let wanted = format!(
            r#"{{"name":"nodes","role":"node","max_members":{nodes},"max_polls":{nodes}}}"#
        );
        let made = control.post("/v1/tokens", &wanted).await?;
        let token = made["token"].as_str().context("there is no token")?;
        token.clone_into(&mut control.token);
        Ok(control)
    }

    /// Changes something, and gives back what control says of it.
    pub async fn post(&self, path: &str, body: &str) -> Result<Value> {
        Ok(serde_json::from_slice(
            &self.ask("POST", path, body).await?,
        )?)
    }

    /// How many polls it holds.
    pub async fn held(&self) -> Result<usize> {
        let metrics = String::from_utf8(self.ask("GET", "/metrics", "").await?)?;
        let held = metrics
            .lines()
            .find_map(|line| line.strip_prefix("intermission_control_polls_held "));
        Ok(held.context("the metric is not there")?.parse()?)
    }

    /// Asks as the operator.
    async fn ask(&self, method: &str, path: &str, body: &str) -> Result<Vec<u8>> {
        let token = fs::read_to_string(self.home.path().join("data/operator.token"))?;
        let authorization = format!("Bearer {}", token.trim());
        let mut headers = vec![("authorization", &*authorization)];
        if !body.is_empty() {
            headers.push(("content-type", "application/json"));
        }
        let mut connection = Connection::open(self.server.address).await?;
        let answer = connection.ask(method, path, &headers, body).await?;
        ensure!(
            answer.status < 300,
            "{method} {path}: {}",
            String::from_utf8_lossy(&answer.body)
        );
        Ok(answer.body)
    }
}

/// A node that does nothing but poll.
#[derive(Debug)]
pub struct Node {
    connection: Connection,
    authorization: String,
    name: String,
    polls: u64,
    etag: String,
}

/// What a node got.
#[derive(Debug)]
pub struct Heard {
    /// The document of a state.
    pub document: Vec<u8>,
    /// When the last byte of it came.
    pub at: Instant,
}

impl Node {
    /// Connects to a control that gave out `token`.
    pub async fn start(control: SocketAddr, token: &str, name: String) -> Result<Self> {
        Ok(Self {
            connection: Connection::open(control).await?,
            authorization: format!("Bearer {token}"),
            name,
            polls: 0,
            etag: String::new(),
        })
    }

    /// Polls once, asking to be held for so many seconds, and gives back the state if it is another.
    pub async fn poll(&mut self, wait: u8) -> Result<Option<Heard>> {
        self.polls += 1;
        let mut report = format!(
            r#""{}";boot="b";seq={};kind=tower;wait=60"#,
            self.name, self.polls
        );
        if !self.etag.is_empty() {
            report = format!("{report};applied={}", self.etag);
        }
        let prefer = format!("wait={wait}");
        let mut headers = vec![
            ("authorization", &*self.authorization),
            ("intermission-node", &*report),
        ];
        if !self.etag.is_empty() {
            headers.push(("if-none-match", &*self.etag));
        }
        if wait > 0 {
            headers.push(("prefer", &*prefer));
        }
        let path = "/v1/services/shop/state";
        let answer = self.connection.ask("GET", path, &headers, "").await?;
        let at = Instant::now();
        match answer.status {
            304 => Ok(None),
            200 => {
                self.etag = answer.etag;
                Ok(Some(Heard {
                    document: answer.body,
                    at,
                }))
            }
            status => bail!("{status}: {}", String::from_utf8_lossy(&answer.body)),
        }
    }

    /// Polls until it is dropped, and passes on every state that it gets.
    pub async fn run(mut self, heard: Sender<Result<Heard>>) {
        loop {
            let polled = self.poll(60).await.transpose();
            let failed = matches!(polled, Some(Err(_)));
            let told = polled.is_none_or(|news| heard.send(news).is_ok());
            if failed || !told {
                return;
            }
        }
    }
}
