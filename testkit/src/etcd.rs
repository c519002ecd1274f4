//! A cluster of etcd.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::{Process, free_address, wait_for};

/// Members of a cluster on loopback, with a folder each that outlives them.
#[derive(Debug)]
pub struct Etcd {
    members: Vec<Member>,
    folder: TempDir,
    options: &'static [&'static str],
}

#[derive(Debug)]
struct Member {
    client: SocketAddr,
    peer: SocketAddr,
    process: Option<Process>,
}

impl Member {
    fn leads(&self) -> bool {
        let is_one = |metrics: String| {
            metrics
                .lines()
                .any(|line| line == "etcd_server_is_leader 1")
        };
        metrics(self.client).is_ok_and(is_one)
    }
}

impl Etcd {
    /// Starts so many members, and waits until each listens.
    pub fn start(members: usize) -> Self {
        Self::start_with(members, &[])
    }

    /// The same with these options of etcd.
    pub fn start_with(members: usize, options: &'static [&'static str]) -> Self {
        let member = |_| Member {
            client: free_address(),
            peer: free_address(),
            process: None,
        };
        let mut cluster = Self {
            members: (0..members).map(member).collect(),
            folder: tempfile::tempdir().unwrap(),
            options,
        };
        for place in 0..members {
            cluster.launch(place);
        }
        for member in &mut cluster.members {
            member.process.as_mut().unwrap().listens(member.client);
        }
        cluster
    }

    /// The URL of each member.
    pub fn urls(&self) -> Vec<String> {
        let urls = self.members.iter();
        urls.map(|member| format!("http://{}", member.client))
            .collect()
    }

    /// The address at which a member serves clients.
    pub fn address(&self, place: usize) -> SocketAddr {
        self.members[place].client
    }

    /// How many requests for keys the members that run have answered.
    pub fn requests(&self) -> u64 {
        let running = self
            .members
            .iter()
            .filter(|member| member.process.is_some());
        running.map(|member| requests(member.client)).sum()
    }

    /// The place of the leader, if one of the members that run says that it is.
    #[must_use]
    pub fn leads(&self) -> Option<usize> {
        self.members.iter().position(Member::leads)
    }

    /// The value of a metric of a member.
    pub fn metric(&self, place: usize, name: &str) -> f64 {
        let metrics = metrics(self.members[place].client).unwrap();
        let mut lines = metrics.lines();
        let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap().parse().unwrap()
    }

    /// The place of the leader.
    #[track_caller]
    pub fn leader(&self) -> usize {
        wait_for("etcd has a leader", || self.leads())
    }

    /// The process of a member that runs.
    pub fn member(&mut self, place: usize) -> &mut Process {
        self.members[place].process.as_mut().unwrap()
    }

    /// Kills a member.
    pub fn kill(&mut self, place: usize) {
        self.members[place].process = None;
    }

    /// Starts a member that was killed.
    pub fn restart(&mut self, place: usize) {
        self.launch(place);
        let member = &mut self.members[place];
        member.process.as_mut().unwrap().listens(member.client);
    }

    /// Runs `etcdctl` at the first member, with this as its input, and returns what it prints.
    #[track_caller]
    pub fn ctl(&self, line: &[&str], input: &[u8]) -> Result<String, String> {
        let mut etcdctl = Command::new("etcdctl");
        etcdctl
            .env("ETCDCTL_API", "3")
            .args(["--endpoints", &self.urls()[0]])
            .args(line)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut run = etcdctl.spawn().unwrap();
        run.stdin.take().unwrap().write_all(input).unwrap();
        let output = run.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        match output.status.success() {
            true => Ok(text(output.stdout)),
            false => Err(text(output.stderr)),
        }
    }

    /// The revision of etcd.
    pub fn revision(&self) -> u64 {
        let status = self
            .ctl(&["endpoint", "status", "-w", "json"], b"")
            .unwrap();
        let status: serde_json::Value = serde_json::from_str(&status).unwrap();
        status[0]["Status"]["header"]["revision"].as_u64().unwrap()
    }

    /// A snapshot of a cluster of one member.
    pub fn snapshot(&self) -> PathBuf {
        let file = self.folder.path().join("snapshot");
        let path = file.display().to_string();
        self.ctl(&["snapshot", "save", &path], b"").unwrap();
        file
    }

    /// Goes back to a snapshot.
    pub fn restore(&mut self, snapshot: &Path) {
        self.kill(0);
        let data = self.folder.path().join("m0");
        std::fs::remove_dir_all(&data).unwrap();
        let peer = format!("http://{}", self.members[0].peer);
        let [snapshot, data] = [snapshot, &data].map(|path| path.display().to_string());
        let line = ["snapshot", "restore", &snapshot, "--data-dir", &data];
        let cluster = self.peers();
        let member = [
            "--name",
            "m0",
            "--initial-cluster",
            &cluster,
            "--initial-advertise-peer-urls",
            &peer,
        ];
        self.ctl(&[&line[..], &member].concat(), b"").unwrap();
        self.restart(0);
    }

    fn peers(&self) -> String {
        let peers = self.members.iter().enumerate();
        let peers = peers.map(|(place, member)| format!("m{place}=http://{}", member.peer));
        peers.collect::<Vec<_>>().join(",")
    }

    fn launch(&mut self, place: usize) {
        let peers = self.peers();
        let Member { client, peer, .. } = self.members[place];
        let mut etcd = Command::new("etcd");
        etcd.arg("--data-dir")
            .arg(self.folder.path().join(format!("m{place}")))
            .args(["--name", &format!("m{place}"), "--log-level", "error"])
            .args(["--listen-client-urls", &format!("http://{client}")])
            .args(["--advertise-client-urls", &format!("http://{client}")])
            .args(["--listen-peer-urls", &format!("http://{peer}")])
            .args(["--initial-advertise-peer-urls", &format!("http://{peer}")])
            .args(["--initial-cluster", &peers])
            .args(self.options)
            .stderr(Stdio::null());
        self.members[place].process = Some(Process::launch(&mut etcd));
    }
}

/// How many requests for keys a member has answered.
fn requests(member: SocketAddr) -> u64 {
    let metrics = metrics(member).unwrap();
    let handled = metrics.lines().filter(|line| {
        line.starts_with("grpc_server_handled_total{")
            && line.contains("grpc_service=\"etcdserverpb.KV\"")
    });
    let counts = handled.map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap());
    counts.sum()
}

/// The metrics of a member.
fn metrics(member: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(member)?;
    stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n")?;
    let mut metrics = String::new();
    stream.read_to_string(&mut metrics)?;
    Ok(metrics)
}
