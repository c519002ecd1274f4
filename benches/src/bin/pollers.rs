//! Nodes that poll: `pollers TOKEN NAME COUNT WAIT ADDRESS…`, where each of the COUNT nodes has polls held for WAIT seconds by one
//! of the replicas at these addresses.
//!
//! Prints a line of JSON again and again: how many polls have ended so far, by kind.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use intermission_benches::replicas::{Node, Tally};
use intermission_core::PollOptions;
use tokio::sync::Semaphore;

/// How many nodes come at a time.
const DOOR: usize = 64;
/// How often the counts are printed.
const EVERY: Duration = Duration::from_millis(100);

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let mut arguments = std::env::args().skip(1);
    let mut argument = || {
        arguments
            .next()
            .context("pollers TOKEN NAME COUNT WAIT ADDRESS…")
    };
    let (token, name) = (argument()?, argument()?);
    let (count, wait) = (argument()?.parse::<u64>()?, argument()?.parse()?);
    let endpoints = arguments.map(|address| address.parse::<SocketAddr>());
    let endpoints: Arc<[_]> = endpoints.collect::<Result<_, _>>()?;
    let mut options = PollOptions::default();
    options.wait = Duration::from_secs(wait);
    let authorization: Arc<str> = format!("Bearer {token}").into();
    let tally = Arc::new(Tally::default());
    let seed = u64::from(std::process::id()) << 32;
    let counts = Arc::clone(&tally);
    let start = async move {
        let door = Arc::new(Semaphore::new(DOOR));
        for number in 0..count {
            let place = Arc::clone(&door).acquire_owned().await?;
            let (endpoints, authorization) = (Arc::clone(&endpoints), Arc::clone(&authorization));
            let name = format!("{name}-{number}");
            let node = Node::new(endpoints, authorization, &name, seed + number, options);
            tokio::spawn(node.run(Arc::clone(&tally), place));
        }
        anyhow::Ok(())
    };
    runtime.spawn(start);
    runtime.block_on(async {
        loop {
            println!("{}", serde_json::to_string(&counts.kinds())?);
            tokio::time::sleep(EVERY).await;
        }
    })
}
