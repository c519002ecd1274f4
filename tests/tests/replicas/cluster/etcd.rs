use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::Duration;

use intermission_testkit::Process;

use super::Authority;
use crate::network::Machine;

/// A member of etcd on a machine of its own.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) machine: Machine,
    process: Mutex<Option<Process>>,
    number: usize,
}

/// Where etcd serves its metrics.
const METRICS: u16 = 2381;
/// How long a member that is well takes at most to say whether it leads.
const PATIENCE: Duration = Duration::from_millis(500);

impl Member {
    /// One that does not run yet.
    pub(crate) fn new(number: usize) -> Self {
        let last = u8::try_from(11 + number).unwrap();
        Self {
            machine: Machine::new(&format!("etcd-{number}"), last),
            process: Mutex::default(),
            number,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{}:2379", self.machine.address)
    }

    /// Its name and its URL for the others.
    pub(crate) fn peer(&self) -> String {
        format!("m{}=http://{}:2380", self.number, self.machine.address)
    }

    /// Starts it; its data is in `folder`.
    pub(crate) fn start(&self, folder: &Path, peers: &str, authority: &Authority) {
        let mut etcd = self.machine.command("etcd");
        let name = format!("m{}", self.number);
        let own = format!("http://{}:2380", self.machine.address);
        etcd.arg("--data-dir")
            .arg(folder.join(&name))
            .args(["--name", &name, "--log-level", "error"])
            .args(["--listen-client-urls", &self.url()])
            .args(["--advertise-client-urls", &self.url()])
            .args(["--listen-peer-urls", &own])
            .args(["--initial-advertise-peer-urls", &own])
            .args(["--initial-cluster", peers])
            .args([
                "--listen-metrics-urls",
                &format!("http://{}", self.metrics()),
            ])
            .args(["--enable-grpc-gateway=false", "--client-cert-auth"])
            .arg("--trusted-ca-file")
            .arg(&authority.ca)
            .arg("--cert-file")
            .arg(&authority.certificate)
            .arg("--key-file")
            .arg(&authority.key)
            .stderr(Stdio::null());
        *self.process.lock().unwrap() = Some(Process::launch(&mut etcd));
    }

    /// Does something with the process.
    pub(crate) fn with(&self, act: impl FnOnce(&mut Process)) {
        act(self.process.lock().unwrap().as_mut().unwrap());
    }

    /// Whether it takes itself for the leader.
    pub(crate) fn leads(&self) -> bool {
        let metrics = self.read_metrics().unwrap_or_default();
        metrics
            .lines()
            .any(|line| line == "etcd_server_is_leader 1")
    }

    /// Whether it knows a leader.
    pub(crate) fn follows(&self) -> bool {
        let metrics = self.read_metrics().unwrap_or_default();
        metrics
            .lines()
            .any(|line| line == "etcd_server_has_leader 1")
    }

    fn metrics(&self) -> SocketAddr {
        SocketAddr::new(self.machine.address.into(), METRICS)
    }

    fn read_metrics(&self) -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&self.metrics(), PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n")?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        Ok(text)
    }
}
