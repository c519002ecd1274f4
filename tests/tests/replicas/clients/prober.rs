use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use intermission_tests::strangers::Client;
use tokio::task::JoinHandle;

/// Strangers who ask each node without end.
pub(crate) struct Probers {
    tally: Arc<Tally>,
    tasks: Vec<JoinHandle<()>>,
}

struct Tally {
    /// How many requests each node has refused.
    refused: Vec<AtomicU64>,
    stop: AtomicBool,
}

impl Probers {
    pub(crate) fn start(nodes: &[SocketAddr]) -> Self {
        let tally = Arc::new(Tally {
            refused: nodes.iter().map(|_| AtomicU64::new(0)).collect(),
            stop: AtomicBool::new(false),
        });
        let tasks = nodes.iter().enumerate().map(|(number, node)| {
            let tally = Arc::clone(&tally);
            tokio::spawn(probe(*node, number, tally))
        });
        Self {
            tasks: tasks.collect(),
            tally,
        }
    }

    /// How many requests each node has refused.
    pub(crate) fn refused(&self) -> Vec<u64> {
        let counts = self.tally.refused.iter();
        counts.map(|count| count.load(Ordering::SeqCst)).collect()
    }

    /// Whether every node has refused one since `before`.
    pub(crate) fn all_refuse_since(&self, before: &[u64]) -> bool {
        self.refused()
            .iter()
            .zip(before)
            .all(|(now, before)| now > before)
    }

    pub(crate) async fn stop(self) {
        self.tally.stop.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}

async fn probe(node: SocketAddr, number: usize, tally: Arc<Tally>) {
    while !tally.stop.load(Ordering::SeqCst) {
        // A node that starts again is away for a while.
        let Ok(mut client) = Client::connect(node).await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        while !tally.stop.load(Ordering::SeqCst) {
            // Now and then one that a wait has to wait for.
            let takes = match fastrand::u8(0..50) {
                0 => fastrand::u64(500..2000),
                _ => fastrand::u64(0..60),
            };
            match client.ask(&format!("/?ms={takes}")).await {
                Ok(503) => {
                    tally.refused[number].fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Ok(200) => {}
                Ok(other) => panic!("{other}"),
                Err(_) => break,
            }
        }
    }
}
