use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::control::{Control, LONG, beside};

/// The example shop, in a process of its own.
pub(crate) struct Shop {
    pub(crate) process: Child,
    pub(crate) address: SocketAddr,
}

impl Shop {
    pub(crate) async fn start(control: &Control, options: &[&str]) -> Self {
        Self::start_at(&control.state_url(), &control.token, options).await
    }

    /// Starts it with this token, to ask this URL.
    pub(crate) async fn start_at(state: &str, token: &str, options: &[&str]) -> Self {
        let mut process = Command::new(beside("axum"))
            .args(["--listen", "127.0.0.1:0", "--state", state])
            .args(options)
            .env("INTERMISSION_NODE_TOKEN", token)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = timeout(LONG, lines.next_line()).await.unwrap().unwrap();
        let ready = ready.expect("the shop has not started");
        let address = ready.split("://").nth(1).unwrap().parse().unwrap();
        Self { process, address }
    }

    /// Sends it a signal.
    pub(crate) async fn signal(&self, signal: &str) {
        let id = self.process.id().unwrap().to_string();
        let mut kill = Command::new("/bin/sh");
        let sent = kill.args(["-c", "kill -\"$0\" \"$1\"", signal, &id]);
        assert!(sent.status().await.unwrap().success());
    }
}
