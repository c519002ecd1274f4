use std::net::SocketAddr;
use std::process::{Command, Stdio};

use intermission_testkit::{Process, beside};

use super::Control;

/// The example shop, in a process of its own.
pub(crate) struct Shop {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

impl Shop {
    pub(crate) fn start(control: &Control, options: &[&str]) -> Self {
        Self::start_at(&control.state_url(), &control.token, options)
    }

    /// Starts it with this token, to ask this URL.
    pub(crate) fn start_at(state: &str, token: &str, options: &[&str]) -> Self {
        let mut shop = Command::new(beside("axum"));
        shop.args(["--listen", "127.0.0.1:0", "--state", state])
            .args(options)
            .env("INTERMISSION_NODE_TOKEN", token)
            .stderr(Stdio::null());
        let process = Process::launch(&mut shop);
        let address = process.address();
        Self { process, address }
    }
}
