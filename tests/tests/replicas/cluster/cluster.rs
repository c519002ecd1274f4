use std::fs;
use std::net::IpAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use intermission_corpus::Observed;
use intermission_testkit::control::Run;
use intermission_testkit::http::Connection;
use intermission_testkit::{LONG, eventually, wait_for};
use rustls::pki_types::ServerName;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Authority, Member, Replica};

/// How many members of etcd there are, and how many replicas.
pub(crate) const COUNT: usize = 3;

/// The machines with what runs on them, which ends with this value.
#[derive(Debug)]
pub(crate) struct Cluster {
    pub(crate) members: Vec<Member>,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) authority: Authority,
    /// The operator's token.
    operator: String,
    folder: TempDir,
}

/// A request to one of the replicas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a str,
    /// How long the client waits.
    pub(crate) patience: Duration,
}

impl Cluster {
    /// Starts all, with the services that are named.
    pub(crate) async fn start(services: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let members: Vec<_> = (0..COUNT).map(Member::new).collect();
        let replicas: Vec<_> = (0..COUNT).map(Replica::new).collect();
        let machines = members.iter().map(|member| &member.machine);
        let machines = machines.chain(replicas.iter().map(|replica| &replica.machine));
        let addresses = machines.map(|machine| IpAddr::V4(machine.address));
        let authority = Authority::new(folder.path(), addresses);
        let mut cluster = Self {
            members,
            replicas,
            authority,
            operator: String::new(),
            folder,
        };
        for place in 0..COUNT {
            cluster.start_member(place);
        }
        wait_for("etcd has a leader", || {
            cluster.members.iter().all(Member::follows).then_some(())
        });
        cluster.start_replica(0);
        cluster.operator = cluster.replicas[0].token();
        let token = cluster.replicas[0].home.data().join("operator.token");
        for place in 1..COUNT {
            let data = cluster.replicas[place].home.data();
            fs::create_dir(&data).unwrap();
            fs::copy(&token, data.join("operator.token")).unwrap();
            cluster.start_replica(place);
        }
        cluster.ready().await;
        for service in services {
            cluster
                .run(0, &format!("service add {service}"))
                .await
                .done();
        }
        cluster
    }

    pub(crate) fn start_member(&self, place: usize) {
        let peers: Vec<_> = self.members.iter().map(Member::peer).collect();
        self.members[place].start(self.folder.path(), &peers.join(","), &self.authority);
    }

    pub(crate) fn start_replica(&self, place: usize) {
        self.replicas[place].start(&self.etcd(), &self.authority);
    }

    /// Waits until all replicas serve, which needs a majority of etcd.
    pub(crate) async fn ready(&self) {
        for place in 0..COUNT {
            let asked = Asked::get("/readyz");
            eventually(&format!("replica {place} is ready"), async || {
                let answer = self.ask(place, asked).await;
                answer.is_ok_and(|answer| answer.status == 200)
            })
            .await;
        }
    }

    /// The place of the leader of etcd, and those of the others.
    pub(crate) fn leader(&self) -> (usize, [usize; COUNT - 1]) {
        let leader = wait_for("etcd has a leader", || {
            self.members.iter().position(Member::leads)
        });
        (leader, [(leader + 1) % COUNT, (leader + 2) % COUNT])
    }

    /// The URLs of all members of etcd.
    fn etcd(&self) -> String {
        let urls: Vec<_> = self.members.iter().map(Member::url).collect();
        urls.join(",")
    }

    /// The URLs of all replicas, that at `first` before the others.
    pub(crate) fn urls(&self, first: usize) -> Vec<String> {
        let places = (0..COUNT).map(|place| (first + place) % COUNT);
        places.map(|place| self.replicas[place].url()).collect()
    }

    /// Asks a replica with the operator's token, over a connection of its own.
    pub(crate) async fn ask(&self, place: usize, asked: Asked<'_>) -> std::io::Result<Observed> {
        let address = self.replicas[place].address();
        let bearer = format!("Bearer {}", self.operator);
        let mut headers = vec![("authorization", &*bearer)];
        headers.extend(asked.headers);
        let ask = async {
            let stream = TcpStream::connect(address).await?;
            let name = ServerName::IpAddress(address.ip().into());
            let stream = self.authority.connector().connect(name, stream).await?;
            let mut connection = Connection::over(stream, &address.to_string());
            let Asked {
                method, path, body, ..
            } = asked;
            connection.ask(method, path, &headers, body).await
        };
        timeout(asked.patience, ask).await?
    }

    /// Begins to run the command, which asks the replica at `first` before the others.
    pub(crate) fn begin(&self, first: usize, words: &str) -> Child {
        let mut command = Command::from(self.replicas[0].home.binary());
        command
            .env("INTERMISSION_SERVER", self.urls(first).join(","))
            .env("INTERMISSION_CA_FILE", &self.authority.ca)
            .env("INTERMISSION_TOKEN", &self.operator)
            .args(words.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    /// Runs the command to its end.
    pub(crate) async fn run(&self, first: usize, words: &str) -> Run {
        let output = self.begin(first, words).wait_with_output();
        Run::from(timeout(2 * LONG, output).await.unwrap().unwrap())
    }

    /// The revisions of a service beyond the first `known`, as each replica has them in its history, the oldest first.
    pub(crate) async fn histories(&self, service: &str, known: usize) -> [Vec<Value>; COUNT] {
        let mut histories = [const { Vec::new() }; COUNT];
        for (place, history) in histories.iter_mut().enumerate() {
            *history = self.history(place, service, known).await;
        }
        // A change that was in doubt may be made while the histories are read.
        let common = histories.iter().map(Vec::len).min().unwrap();
        histories
            .iter_mut()
            .for_each(|history| history.truncate(common));
        histories
    }

    async fn history(&self, place: usize, service: &str, known: usize) -> Vec<Value> {
        let mut entries: Vec<Value> = Vec::new();
        let mut query = String::new();
        loop {
            let path = format!("/v1/services/{service}/history{query}");
            let asked = Asked {
                patience: LONG,
                ..Asked::get(&path)
            };
            let mut page = Value::Null;
            // A replica that is busy may have no proof in time.
            eventually("a page of the history", async || {
                let answer = self.ask(place, asked).await.unwrap();
                page = json(&answer);
                assert!(
                    matches!(answer.status, 200 | 503),
                    "replica {place}: {page}"
                );
                answer.status == 200
            })
            .await;
            entries.extend(page["entries"].as_array().unwrap().iter().cloned());
            let reaches = |entry: &Value| entry["revision"].as_u64().unwrap() <= known as u64;
            match page["next"].as_u64() {
                Some(next) if !entries.last().is_some_and(reaches) => {
                    query = format!("?before={next}");
                }
                _ => {
                    entries.retain(|entry| !reaches(entry));
                    entries.reverse();
                    return entries;
                }
            }
        }
    }

    /// Verifies the store.
    pub(crate) async fn check_store(&self) -> Run {
        let mut command = Command::from(self.replicas[0].home.binary());
        let Authority {
            ca,
            certificate,
            key,
            ..
        } = &self.authority;
        command.args(["store", "check", "--etcd", &self.etcd()]);
        command.arg("--etcd-ca").arg(ca);
        command
            .arg("--etcd-cert")
            .arg(certificate)
            .arg("--etcd-key")
            .arg(key);
        Run::from(timeout(2 * LONG, command.output()).await.unwrap().unwrap())
    }
}

impl<'a> Asked<'a> {
    /// A GET.
    pub(crate) fn get(path: &'a str) -> Self {
        Self {
            method: "GET",
            path,
            headers: &[],
            body: "",
            patience: Duration::from_secs(3),
        }
    }
}

/// The JSON of an answer.
pub(crate) fn json(answer: &Observed) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

/// Shows what the replicas have logged last, where it is dropped by a test that fails.
pub(crate) struct Logs(pub(crate) Arc<Cluster>);

impl Drop for Logs {
    fn drop(&mut self) {
        for (place, replica) in self.0.replicas.iter().enumerate() {
            if std::thread::panicking() {
                let log = replica.home.log();
                let lines: Vec<_> = log.lines().collect();
                let last = &lines[lines.len().saturating_sub(30)..];
                println!("replica {place} has logged:\n{}", last.join("\n"));
            }
        }
    }
}
