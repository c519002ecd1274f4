//! Rounds of `enter --wait`, in the middle of which machines fail.

use std::collections::BTreeMap;
use std::env;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use intermission_testkit::control::Run;
use intermission_testkit::{eventually, free_address};
use intermission_tests::strangers::{Witness, app};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::checker::{Entry, check};
use crate::clients::{Ended, Node, Operator, Probers, Traffic};
use crate::cluster::{Cluster, Logs};
use crate::faults::{Fault, Struck};
use crate::network::secluded;
use crate::tally::Tally;

const NODES: usize = 6;
/// What the waits are for, and a service that is changed all the time.
const SERVICES: [&str; 2] = ["shop", "till"];
/// The exit code of the command where no replica could answer.
const UNREACHABLE: i32 = 3;
/// The longest that a wait of a round may take.
const LIMIT: Duration = Duration::from_secs(30);
/// The progress of a wait that takes longer is shown.
const SLOW: Duration = Duration::from_secs(8);
/// As soon as all is mended a wait ends well within this time.
const MENDED: Duration = Duration::from_secs(60);

#[test]
fn no_wait_lies_and_no_change_is_lost_while_machines_fail() {
    if !secluded("rounds::no_wait_lies_and_no_change_is_lost_while_machines_fail") {
        return;
    }
    let number = |name: &str| env::var(name).ok().map(|number| number.parse().unwrap());
    let rounds = number("REPLICAS_ROUNDS").unwrap_or(3);
    let seed = number("REPLICAS_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("REPLICAS_SEED={seed} draws these faults again");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut trial = Trial::start(seed).await;
        let _logs = Logs(Arc::clone(&trial.cluster));
        for round in 0..rounds {
            trial.round(round).await;
        }
        trial.end(rounds).await;
    });
}

/// All that takes part.
struct Trial {
    seed: u64,
    cluster: Arc<Cluster>,
    operator: Operator,
    token: String,
    witness: Arc<Witness>,
    nodes: Vec<Node>,
    probers: Probers,
    traffic: BTreeMap<&'static str, Traffic>,
    histories: BTreeMap<&'static str, Vec<Value>>,
    tally: Tally,
}

impl Trial {
    async fn start(seed: u64) -> Self {
        let cluster = Arc::new(Cluster::start(&SERVICES).await);
        let token = cluster
            .run(0, "token create nodes --role node")
            .await
            .done();
        let token = token.trim().to_owned();
        let witness = Arc::new(Witness::default());
        let mut nodes = Vec::new();
        for number in 0..NODES {
            let app = app(Arc::clone(&witness));
            nodes.push(Node::start(&cluster, number, &token, free_address(), app).await);
        }
        let addresses: Vec<_> = nodes.iter().map(|node| node.address).collect();
        let traffic = SERVICES.map(|service| {
            // A change of the shop is also work for its nodes.
            let pause = Duration::from_millis(if service == "shop" { 1500 } else { 200 });
            (service, Traffic::start(&cluster, service, 2, pause))
        });
        let traffic = BTreeMap::from(traffic);
        let operator = Operator {
            cluster: Arc::clone(&cluster),
            log: Arc::clone(traffic["shop"].log()),
        };
        Self {
            seed,
            cluster,
            operator,
            token,
            witness,
            nodes,
            probers: Probers::start(&addresses),
            traffic,
            histories: SERVICES.map(|service| (service, Vec::new())).into(),
            tally: Tally::default(),
        }
    }

    async fn round(&mut self, round: u64) {
        let rng = &mut Rng::with_seed(self.seed.wrapping_add(round));
        let fault = Fault::draw(rng);
        let mut faults = vec![fault];
        if rng.u8(0..5) == 0 {
            faults.push(fault.draw_beside(rng));
        }
        let names: Vec<_> = faults.iter().map(Fault::to_string).collect();
        let before = Duration::from_millis(rng.u64(0..600));
        // Some last longer than the lease of a replica in etcd.
        let lasts = Duration::from_millis(match rng.u8(0..6) {
            0 => rng.u64(10_000..14_000),
            _ => rng.u64(500..5000),
        });
        let restarting = self.restart_some(rng);

        let enter = self
            .operator
            .switch("enter", format!("enter-{round}"), LIMIT);
        let witness = Arc::clone(&self.witness);
        let enter = async {
            let ended = enter.await;
            if ended.run.code == Some(0) {
                witness.tell();
            }
            ended
        };
        let cluster = Arc::clone(&self.cluster);
        let fail = async {
            sleep(before).await;
            let struck: Vec<_> = faults
                .into_iter()
                .map(|fault| Struck::new(fault, &cluster, rng))
                .collect();
            sleep(lasts).await;
            for struck in &struck {
                struck.mend(&cluster);
            }
            cluster.ready().await;
        };
        let (ended, ()) = tokio::join!(enter, fail);
        let end = end_of(&ended);
        println!(
            "round {round}: {} after {before:?} for {lasts:?}, {} nodes start again: {end} after {:?}{}",
            names.join(", "),
            restarting.len(),
            ended.took,
            missing(&ended.run)
        );
        if ended.took > SLOW {
            print!("{}", ended.progress);
        }
        self.tally.count(names.into_iter(), &end, ended.took);
        for node in restarting {
            self.nodes.push(node.await.unwrap());
        }
        if ended.run.code == Some(0) {
            // A replica that was cut off must not take a node back, which polls it within this time.
            sleep(Duration::from_secs(1)).await;
            let refused = self.probers.refused();
            eventually("every node refuses", async || {
                self.probers.all_refuse_since(&refused)
            })
            .await;
            assert_eq!(
                self.witness.betrayed(),
                0,
                "a stranger's request began or ran after the return"
            );
            self.witness.release();
        }
        self.settle().await;
        let exit = self
            .operator
            .switch("exit", format!("exit-{round}"), MENDED)
            .await;
        assert_eq!(
            exit.run.code,
            Some(0),
            "after all was mended: {}{}",
            exit.run.out,
            exit.progress
        );
        self.judge().await;
    }

    /// Some nodes start again while machines fail.
    fn restart_some(&mut self, rng: &mut Rng) -> Vec<JoinHandle<Node>> {
        let count = rng.usize(0..3);
        let mut restarting = Vec::new();
        for _ in 0..count {
            let node = self.nodes.swap_remove(rng.usize(..self.nodes.len()));
            let pause = Duration::from_millis(rng.u64(0..1500));
            let (cluster, token) = (Arc::clone(&self.cluster), self.token.clone());
            let app = app(Arc::clone(&self.witness));
            restarting.push(tokio::spawn(async move {
                sleep(pause).await;
                node.restart(&cluster, &token, app).await
            }));
        }
        restarting
    }

    /// Waits until all nodes are known to live; those that could not leave are forgotten.
    async fn settle(&self) {
        eventually("all nodes live, and no other", async || {
            let listed = self.cluster.run(0, "node list shop --output json").await;
            // The members of etcd may elect a leader still.
            if listed.code == Some(UNREACHABLE) {
                return false;
            }
            let listed = listed.json();
            let nodes = listed["nodes"].as_array().unwrap();
            let lost = nodes.iter().filter(|node| node["lost"] == true).count();
            if nodes.len() - lost == NODES && lost > 0 {
                self.cluster.run(0, "node forget shop --lost").await;
            }
            nodes.len() == NODES && lost == 0
        })
        .await;
    }

    /// Compares the histories of all replicas with each other, and with what the clients saw.
    async fn judge(&mut self) {
        for (service, traffic) in &self.traffic {
            let rest = traffic.rest().await;
            let known = self.histories.get_mut(service).unwrap();
            let news = self.cluster.histories(service, known.len()).await;
            for (place, other) in news.iter().enumerate() {
                assert_eq!(
                    *other, news[0],
                    "{service}: the history of replica {place} is another one"
                );
            }
            let [news, ..] = news;
            known.extend(news);
            let entries: Vec<_> = known.iter().map(entry).collect();
            let lies = check(&entries, &traffic.log().operations());
            assert!(lies.is_empty(), "{service}: {lies:#?}");
            drop(rest);
        }
    }

    async fn end(self, rounds: u64) {
        println!("{}", self.cluster.check_store().await.done());
        let refused: u64 = self.probers.refused().iter().sum();
        let Self {
            tally,
            witness,
            probers,
            traffic,
            ..
        } = self;
        probers.stop().await;
        for (service, traffic) in traffic {
            println!("{service}: {}", traffic.log().summary());
            traffic.stop().await;
        }
        println!(
            "{rounds} rounds: {} requests of strangers served, {refused} refused, none after a return of 0",
            witness.served()
        );
        tally.print();
        assert!(witness.served() > 20 * rounds && refused > 0);
    }
}

/// How a command ended, in a word.
fn end_of(Ended { run, progress, .. }: &Ended) -> String {
    let said: Value = serde_json::from_str(&run.out).unwrap_or_default();
    let ending = said["services"][0]["wait"]["ending"].as_str();
    match (run.code, ending) {
        (Some(0), _) => "done".to_owned(),
        (Some(code), Some(ending)) => format!("{ending} ({code})"),
        (code, _) => format!("no ending ({code:?}: {})", progress.trim()),
    }
}

/// The nodes for which a command has waited in vain.
fn missing(run: &Run) -> String {
    let said: Value = serde_json::from_str(&run.out).unwrap_or_default();
    let missing = said["services"][0]["wait"]["missing"].as_array().cloned();
    let missing = missing.unwrap_or_default().into_iter();
    let names =
        missing.map(|node| format!(", {} {} {}", node["name"], node["boot"], node["standing"]));
    names.collect()
}

/// An entry of the history, as the checker reads it.
fn entry(entry: &Value) -> Entry {
    let title = entry["after"]["notice"]["title"].as_str();
    let mark = match entry["action"].as_str().unwrap() {
        "notice" | "patch" => title,
        "enter" | "exit" => entry["reason"].as_str(),
        _ => None,
    };
    Entry {
        revision: entry["revision"].as_u64().unwrap(),
        mark: mark.map(str::to_owned),
        title: title.map(str::to_owned),
    }
}
