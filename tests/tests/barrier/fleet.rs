//! Many nodes, Envoys among them, each hammered by a prober, while the state is switched again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use intermission_testkit::envoy::Module;
use intermission_testkit::eventually;

use crate::setup::{Client, Control, EdgeNode, Node, Witness, app};

/// What the probers of all nodes are answered.
struct Tally {
    refused: Vec<AtomicU64>,
    stop: AtomicBool,
}

impl Tally {
    fn new(nodes: usize) -> Self {
        Self {
            refused: (0..nodes).map(|_| AtomicU64::new(0)).collect(),
            stop: AtomicBool::new(false),
        }
    }

    /// Whether every node has refused a request since `before`.
    fn has_risen(&self, before: &[u64]) -> bool {
        let now = self.refused();
        now.iter().zip(before).all(|(now, before)| now > before)
    }

    fn refused(&self) -> Vec<u64> {
        let counts = self.refused.iter();
        counts.map(|count| count.load(Ordering::SeqCst)).collect()
    }
}

/// Asks one node without end, as a stranger.
async fn probe(node: std::net::SocketAddr, number: usize, tally: Arc<Tally>) {
    while !tally.stop.load(Ordering::SeqCst) {
        // A node that starts again is away for a while.
        let Ok(mut client) = Client::connect(node).await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        loop {
            let takes = fastrand::u64(0..60);
            match client.ask(&format!("/?ms={takes}")).await {
                Ok(503) => {
                    tally.refused[number].fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                Ok(200) => {}
                Ok(other) => panic!("{other}"),
                Err(_) => break,
            }
            if tally.stop.load(Ordering::SeqCst) {
                return;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_strangers_request_begins_or_runs_after_the_return() {
    hammer(&Module::DEPLOYED, 48).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_strangers_request_begins_or_runs_after_the_return_in_native_edges() {
    hammer(&[Module::Native; 3], 0).await;
}

/// Switches Envoys with these filters and so many applications with the layer, while all are asked without end.
async fn hammer(modules: &[Module], applications: usize) {
    let rounds = std::env::var("BARRIER_ROUNDS");
    let rounds: u32 = rounds.map_or(5, |rounds| rounds.parse().unwrap());
    let control = Arc::new(Control::start().await);
    let witness = Arc::new(Witness::default());
    let mut nodes = Vec::new();
    let mut edges = Vec::new();
    for (number, module) in modules.iter().enumerate() {
        let (name, app) = (format!("edge-{number}"), app(Arc::clone(&witness)));
        edges.push(EdgeNode::start(&control, *module, &name, app).await);
    }
    for number in 0..applications {
        let app = app(Arc::clone(&witness));
        nodes.push(Node::start(&control, &format!("node-{number}"), app).await);
    }
    let edges = edges.iter().map(|edge| edge.address);
    let addresses: Vec<_> = nodes.iter().map(|node| node.address).chain(edges).collect();
    let tally = Arc::new(Tally::new(addresses.len()));
    let probers: Vec<_> = addresses
        .into_iter()
        .enumerate()
        .map(|(number, node)| tokio::spawn(probe(node, number, Arc::clone(&tally))))
        .collect();

    let mut longest = Duration::ZERO;
    for round in 0..rounds {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..100))).await;
        // Some start anew while everybody is refused.
        let restarted: Vec<_> = (0..fastrand::usize(0..4))
            .filter_map(|_| {
                let place = fastrand::usize(..nodes.len().max(1));
                (place < nodes.len()).then(|| nodes.swap_remove(place))
            })
            .collect();
        let restarting: Vec<_> = restarted
            .into_iter()
            .map(|node| {
                let (control, app) = (Arc::clone(&control), app(Arc::clone(&witness)));
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(0..150))).await;
                    node.restart(&control, app).await
                })
            })
            .collect();
        let begun = std::time::Instant::now();
        let output = control.run("enter shop --wait --timeout 1m").await;
        witness.tell();
        longest = longest.max(begun.elapsed());
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "round {round}: {said}");
        for node in restarting {
            nodes.push(node.await.unwrap());
        }
        let before = tally.refused();
        eventually("every node refuses", async || tally.has_risen(&before)).await;
        assert_eq!(witness.betrayed(), 0, "round {round}");
        witness.release();
        control.done("exit shop --wait --timeout 1m").await;
    }
    tally.stop.store(true, Ordering::SeqCst);
    for prober in probers {
        prober.await.unwrap();
    }
    let refused: u64 = tally.refused().iter().sum();
    let served = witness.served();
    println!(
        "{rounds} rounds: {served} requests served, {refused} refused, none after the return; the longest wait took \
         {longest:?}"
    );
    assert!(served > u64::from(rounds) * 2 * tally.refused.len() as u64);
}
