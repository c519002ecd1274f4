//! Under load, while the state changes every 50 ms, the filter gives no wrong answer and its memory does not grow.
#![cfg(test)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use intermission_testkit::envoy::{Edge, Envoy, Module};
use intermission_testkit::{Endpoint, Scripted, eventually};
use serde_json::json;
use tokio::process::Command;
use tokio::time::MissedTickBehavior;

/// How many requests there are before the memory is measured for the first time.
const WARM_UP: u64 = 20_000;

/// How many there are after that at least; `cargo xtask soak` asks for more.
fn requests() -> u64 {
    let requests = std::env::var("LOAD_REQUESTS");
    requests.map_or(100_000, |requests| requests.parse().unwrap())
}

/// The most seconds that so many requests may take on a slow machine.
fn most_rounds(requests: u64) -> u64 {
    30 + requests / 2_000
}

/// In what steps the memory of a VM grows.
const PAGE: u64 = 65_536;
/// By how much the memory of an Envoy comes and goes. A leak of 64 bytes in each request would be more.
const BREATH: u64 = 4 << 20;
const EVERY: Duration = Duration::from_millis(50);

/// Refuses all requests, admits all, or admits all by the allowlist, in turn.
fn state(revision: u64) -> Scripted {
    Scripted::state(
        revision,
        &json!({
            "maintenance": if revision % 3 == 1 { "off" } else { "all" },
            "allowlist": { "enabled": revision % 3 == 2, "cidrs": ["127.0.0.0/8"] },
            "notice": { "message": format!("state {revision}") },
        }),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_wrong_while_the_state_flips() {
    // A leak of a byte in each request would be more.
    flip(Module::Released, ("intermission_vm_memory_bytes", PAGE)).await;
    flip(Module::Native, ("server.memory_allocated", BREATH)).await;
}

/// The state flips in an Envoy with this filter, whose memory is measured by this metric and may grow by so much.
async fn flip(module: Module, (measure, growth): (&str, u64)) {
    let control = Endpoint::start(state(1));
    let edge = Edge {
        module,
        ..Edge::new(control.address())
    };
    let edge = edge.with_plugin(json!({ "wait": 10 }));
    let envoy = edge.start().await;

    let enough = Arc::new(AtomicBool::new(false));
    let flips = tokio::spawn({
        let enough = Arc::clone(&enough);
        async move {
            let mut revision = 1;
            let mut pause = tokio::time::interval(EVERY);
            pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
            while !enough.load(Ordering::Relaxed) {
                pause.tick().await;
                revision += 1;
                control.say(state(revision));
            }
            (control, revision)
        }
    });
    let mut total = Load::default();
    let warm_up = rounds(&envoy, &mut total, WARM_UP).await;
    let memory = envoy.metric(measure).await.unwrap();
    let half = requests() / 2;
    rounds(&envoy, &mut total, warm_up + half).await;
    if module == Module::Native {
        // A new listener with a node of its own, beside the old one while that drains.
        envoy.reconfigure(&edge.with_plugin(json!({ "node": "another" })));
    }
    rounds(&envoy, &mut total, warm_up + 2 * half).await;
    enough.store(true, Ordering::Relaxed);
    let (control, revision) = flips.await.unwrap();

    let grown = envoy.metric(measure).await.unwrap();
    let polls = control.polls().len();
    println!(
        "{module:?}: {total:?}, {revision} states, {polls} polls; memory {memory}, then {grown}"
    );
    assert_eq!((total.wrong, total.broken), (0, 0));
    assert!(total.right() >= requests(), "too few requests");
    assert!(total.admitted > 0 && total.refused > 0);
    assert!(total.last <= revision, "a state that never was");
    assert!(
        grown <= memory + growth,
        "{measure} grows from {memory} to {grown}"
    );
    // It did flip: most states reached the filter.
    eventually("most states were heard", async || {
        let changed = envoy.metric("intermission_polls_changed_total").await;
        changed.is_some_and(|changed| changed > revision / 2)
    })
    .await;
    let reloads = envoy.metric("wasm.intermission.vm_reload_success").await;
    assert_eq!(reloads.unwrap_or(0), 0);
}

/// Runs wrk until there are so many requests; how many there are then.
async fn rounds(envoy: &Envoy, total: &mut Load, requests: u64) -> u64 {
    for _ in 0..most_rounds(requests) {
        total.add(&load(envoy).await);
        if total.right() >= requests {
            break;
        }
    }
    total.right()
}

/// What wrk saw.
#[derive(Debug, Default)]
struct Load {
    admitted: u64,
    refused: u64,
    wrong: u64,
    /// Connections that failed.
    broken: u64,
    /// The highest revision.
    last: u64,
}

impl Load {
    fn right(&self) -> u64 {
        self.admitted + self.refused
    }

    fn add(&mut self, other: &Self) {
        self.admitted += other.admitted;
        self.refused += other.refused;
        self.wrong += other.wrong;
        self.broken += other.broken;
        self.last = self.last.max(other.last);
    }
}

/// Runs wrk for a second.
async fn load(envoy: &Envoy) -> Load {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/load/check.lua");
    let mut wrk = Command::new("wrk");
    wrk.args(["--threads", "1", "--connections", "16", "--duration", "1s"]);
    wrk.args(["--script", script]);
    let output = wrk
        .arg(format!("http://{}", envoy.address()))
        .output()
        .await
        .expect("wrk runs; cargo xtask setup installs it");
    let said = String::from_utf8(output.stderr).unwrap();
    let result = said.lines().find_map(|line| line.strip_prefix("result "));
    let numbers = result.unwrap_or_else(|| panic!("wrk says {said}"));
    let numbers: Vec<u64> = numbers.split(' ').map(|n| n.parse().unwrap()).collect();
    let [admitted, refused, wrong, broken, last] = numbers[..] else {
        panic!("wrk says {said}");
    };
    if wrong > 0 {
        println!("{said}");
    }
    Load {
        admitted,
        refused,
        wrong,
        broken,
        last,
    }
}
