//! How soon the last of many nodes knows of a change, and what it costs control to hold their polls; `--quick` takes fewer nodes
//! and changes.
//!
//! Prints a line of JSON for each number of nodes: milliseconds from the sending of a command to the arrival of the state
//! at the last node (and those until the command is answered), bytes of memory for each poll that is held, microseconds of control's
//! processor time for each poll that a change ends and that is held anew, for each second in which one is held, and for
//! each answer that nothing has changed to a poll that is not held.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use intermission_benches::control::{Heard, Node, Shop};
use intermission_testkit::within;
use serde_json::{Value, json};
use tokio::time::sleep;

/// The processor of control; the nodes are on the other.
const CONTROL: usize = 0;

/// Nothing here takes this long unless it hangs.
const LONG: Duration = Duration::from_secs(30);
/// How often the polls that nothing has changed for are measured.
const ROUNDS: usize = 9;
/// How many nodes come at a time.
const DOOR: usize = 50;

struct Effort {
    nodes: &'static [usize],
    changes: u64,
    unchanged: u32,
    held: Duration,
}

const QUICK: Effort = Effort {
    nodes: &[10, 100, 1000],
    changes: 5,
    unchanged: 100,
    held: Duration::from_millis(300),
};
const FULL: Effort = Effort {
    nodes: &[10, 100, 1000, 5000],
    changes: 20,
    unchanged: 1000,
    held: Duration::from_secs(2),
};

fn main() -> Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let effort = if quick { QUICK } else { FULL };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    for nodes in effort.nodes {
        let line = runtime.block_on(measure(*nodes, &effort))?;
        println!("{line}");
    }
    Ok(())
}

async fn measure(nodes: usize, effort: &Effort) -> Result<Value> {
    let shop = Shop::start(nodes + 1, CONTROL)?;
    let process = &shop.control.process;
    let mut idle = node(&shop, "idle").await?;
    ensure!(idle.poll(0).await?.is_some(), "it has the state already");
    let before = process.memory();
    let crowd = Crowd::gather(&shop, nodes).await?;
    crowd.until_held(&shop).await;
    let bytes = process.memory().saturating_sub(before) as f64 / nodes as f64;
    let each = |took: Duration, count: f64| took.as_secs_f64() * 1e6 / count;

    let (mut times, mut commands) = (Vec::new(), Vec::new());
    let mut changed = Duration::ZERO;
    for revision in 2..2 + effort.changes {
        let switch = if revision % 2 == 0 { "enter" } else { "exit" };
        let cpu = process.cpu_time();
        let begun = Instant::now();
        let path = format!("/v1/services/shop/{switch}");
        ensure!(
            shop.control.post(&path, &json!({})).status == 200,
            "{switch}"
        );
        commands.push(begun.elapsed());
        times.push(crowd.until_all_have(revision)?.duration_since(begun));
        crowd.until_held(&shop).await;
        changed += process.cpu_time() - cpu;
    }

    let cpu = process.cpu_time();
    sleep(effort.held).await;
    let held = process.cpu_time() - cpu;

    ensure!(idle.poll(0).await?.is_some(), "it missed the changes");
    let mut unchanged = Vec::new();
    for _ in 0..ROUNDS {
        let cpu = process.cpu_time();
        for _ in 0..effort.unchanged {
            ensure!(idle.poll(0).await?.is_none(), "nothing has changed");
        }
        unchanged.push(process.cpu_time() - cpu);
    }
    crowd.ensure_quiet()?;

    for durations in [&mut times, &mut commands, &mut unchanged] {
        durations.sort();
    }
    let at =
        |times: &[Duration], part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    let (polls, changes) = (nodes as f64, effort.changes as f64);
    Ok(json!({
        "case": "propagation",
        "pollers": nodes,
        "changes": effort.changes,
        "median_ms": at(&times, 50),
        "p90_ms": at(&times, 90),
        "max_ms": at(&times, 100),
        "command_median_ms": at(&commands, 50),
        "bytes_per_poll": bytes,
        "cpu_us_per_change": each(changed, polls * changes),
        "cpu_us_per_second_held": each(held, polls * effort.held.as_secs_f64()),
        "cpu_us_per_304": each(unchanged[ROUNDS / 2], f64::from(effort.unchanged)),
    }))
}

async fn node(shop: &Shop, name: &str) -> Result<Node> {
    let address = shop.control.address.parse()?;
    Node::start(address, &shop.token, name.to_owned()).await
}

/// Nodes that poll until they are dropped.
struct Crowd {
    heard: Receiver<Result<Heard>>,
    size: usize,
}

impl Crowd {
    /// Starts so many, and waits until each has the first revision.
    async fn gather(shop: &Shop, size: usize) -> Result<Self> {
        let (send, heard) = channel();
        let mut crowd = Self { heard, size: 0 };
        while crowd.size < size {
            let coming = DOOR.min(size - crowd.size);
            for number in crowd.size..crowd.size + coming {
                let node = node(shop, &format!("node-{number}")).await?;
                tokio::spawn(node.run(Sender::clone(&send)));
            }
            crowd.until_have(1, coming)?;
            crowd.size += coming;
        }
        Ok(crowd)
    }

    /// When the last got `revision`, and nothing else before it.
    fn until_all_have(&self, revision: u64) -> Result<Instant> {
        self.until_have(revision, self.size)
    }

    fn until_have(&self, revision: u64, count: usize) -> Result<Instant> {
        let heard = (0..count).map(|_| {
            self.heard
                .recv_timeout(LONG)
                .context("a node hears nothing")?
        });
        let heard = heard.collect::<Result<Vec<_>>>()?;
        for Heard { document, .. } in &heard {
            let state: Value = serde_json::from_slice(document)?;
            ensure!(
                state["revision"] == revision,
                "not revision {revision}: {state}"
            );
        }
        let last = heard.iter().map(|heard| heard.at).max();
        last.context("there are no nodes")
    }

    /// Waits until all polls are held.
    async fn until_held(&self, shop: &Shop) {
        within(LONG, "all polls are held", async || {
            shop.held().is_ok_and(|held| held >= self.size)
        })
        .await;
    }

    /// Asserts that no node has received a state that it must not get.
    fn ensure_quiet(&self) -> Result<()> {
        ensure!(self.heard.try_recv().is_err(), "a node heard twice");
        Ok(())
    }
}
