//! The memory of the edge filter in Envoy, with 1,000 CIDRs on the allowlist that are others with each of 1,000 changes; `--quick`
//! makes 100.
//!
//! Prints a line of JSON with the bytes of the largest VM, by the filter's own word: with no list, with the first, when the
//! heap has settled around lists that follow each other, and with the last.

use std::net::{Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use intermission_benches::Random;
use intermission_benches::proxies::{Files, Upstream, edge_filter, envoy_with_admin, state};
use intermission_testkit::envoy::ask_admin;
use intermission_testkit::http::Connection;
use intermission_testkit::{Endpoint, Scripted, free_address};
use serde_json::{Value, json};
use tokio::time::sleep;

/// The processor of Envoy.
const PROXY: usize = 0;

const CIDRS: usize = 1000;
/// After so many changes the heap has settled: old and new have been there at once, in any order.
const SETTLING: u64 = 50;
/// As long as this, changes go on.
const LONGEST: Duration = Duration::from_secs(110);
/// In this time the filter has measured itself.
const MEASURED: Duration = Duration::from_millis(500);

fn main() -> Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let changes = if quick { 100 } else { 1000 };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let line = runtime.block_on(measure(changes))?;
    println!("{line}");
    Ok(())
}

async fn measure(changes: u64) -> Result<Value> {
    let document = |revision, list: &[String]| {
        let document = state(revision, "all", list).to_string();
        Scripted::document(revision, document.into_bytes())
    };
    let endpoint = Endpoint::start(document(1, &[]));
    let files = Files::new()?;
    let filter = edge_filter(&json!({ "cluster": "upstream", "path": "/state" }))?;
    let admin = free_address();
    let upstream = Upstream::At(endpoint.address());
    let envoy = envoy_with_admin(&files, Some(filter), upstream, admin, PROXY)?;
    let mut client = Connection::open(envoy.address).await?;
    refused(&mut client, 1).await?;
    let bytes_empty = memory(admin).await?;

    let begun = Instant::now();
    let (mut bytes_first, mut bytes_settled, mut made) = (0, 0, 0);
    while made < changes && begun.elapsed() < LONGEST {
        made += 1;
        endpoint.say(document(1 + made, &cidrs(made)));
        let applied = format!(";applied=\"{}\"", 1 + made);
        endpoint
            .poll("it is applied", |poll| poll.node.contains(&applied))
            .await;
        refused(&mut client, 1 + made).await?;
        match made {
            1 => bytes_first = memory(admin).await?,
            SETTLING => bytes_settled = memory(admin).await?,
            _ => {}
        }
    }
    Ok(json!({
        "case": "memory per VM",
        "cidrs": CIDRS,
        "changes": made,
        "bytes_empty": bytes_empty,
        "bytes_first": bytes_first,
        "bytes_settled": bytes_settled,
        "bytes_last": memory(admin).await?,
    }))
}

/// As many CIDRs of either family, none of which has this host.
fn cidrs(seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let of = |number| {
        let drawn = random.next();
        if number % 2 == 0 {
            let prefix = 48 + drawn % 17;
            let network = u128::from(0x2001_0db8_0000_0000 | drawn >> 32) << 64;
            let network = Ipv6Addr::from(network >> (128 - prefix) << (128 - prefix));
            format!("{network}/{prefix}")
        } else {
            let [_, b, c, d, ..] = drawn.to_be_bytes();
            format!("10.{b}.{c}.{d}/32")
        }
    };
    (0..CIDRS).map(of).collect()
}

/// That the worker refuses, under this revision.
async fn refused(client: &mut Connection, revision: u64) -> Result<()> {
    let headers = [("accept", "application/json")];
    let answer = client.ask("GET", "/", &headers, "").await?;
    let problem: Value = serde_json::from_slice(&answer.body)?;
    ensure!(
        answer.status == 503 && problem["revision"] == revision,
        "{} with {problem}, not refused under {revision}",
        answer.status
    );
    Ok(())
}

/// The bytes of the largest VM.
async fn memory(admin: SocketAddr) -> Result<u64> {
    sleep(MEASURED).await;
    let name = "intermission_vm_memory_bytes";
    let text = ask_admin(admin, &format!("/stats?filter={name}")).await;
    let value = text.lines().find_map(|line| line.split_once(name));
    let (_, value) = value.with_context(|| format!("no {name} in {text}"))?;
    Ok(value.trim_start_matches(':').trim().parse()?)
}
