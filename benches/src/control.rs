//! A control in a process of its own, and nodes that poll it.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use intermission_testkit::control::{Control, Home};
use intermission_testkit::http::Connection;
use serde_json::json;

use crate::process::made;

/// A control on one processor of its own, with the service `shop`.
#[derive(Debug)]
pub struct Shop {
    /// The process, which is to end before its folder does.
    pub control: Control,
    _home: Home,
    /// The token of the nodes.
    pub token: String,
}

impl Shop {
    /// Starts one whose nodes may be so many.
    pub fn start(nodes: usize, processor: usize) -> Result<Self> {
        let by = "cargo build --release --package intermission-control";
        let home = Home::with_program(made("release/intermission", by)?);
        let on = format!("taskset --cpu-list --pid {processor} $$ >/dev/null");
        let control = home.start_by(home.binary_after(&on));
        control.add("shop");
        let token = control.token(&json!({
            "name": "nodes", "role": "node", "max_members": nodes, "max_polls": nodes,
        }));
        Ok(Self {
            control,
            _home: home,
            token,
        })
    }

    /// How many polls it holds.
    pub fn held(&self) -> Result<usize> {
        let metrics = String::from_utf8(self.control.get("/metrics").body)?;
        let held = metrics
            .lines()
            .find_map(|line| line.strip_prefix("intermission_control_polls_held "));
        Ok(held.context("the metric is not there")?.parse()?)
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
                let etag = answer.header("etag").unwrap_or_default();
                self.etag = String::from_utf8_lossy(etag).into_owned();
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
            let is_heard = polled.is_none_or(|news| heard.send(news).is_ok());
            if failed || !is_heard {
                return;
            }
        }
    }
}
