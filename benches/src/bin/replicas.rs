//! Three replicas of control over three members of etcd, beside one control with SQLite; `--quick` takes fewer nodes, rounds and
//! failures. The name of a part measures that part alone.
//!
//! - `changes`: milliseconds until a change is answered, beside nodes whose polls are held.
//! - `waits`: milliseconds from the start of `intermission enter --wait` to its end.
//! - `polls`: how long after the death of a replica the others hold all polls, how the polls ended meanwhile, and what etcd has
//!   stored until then.
//! - `leader`: milliseconds that changes take while the leader of etcd dies, and until there is another one, and how the polls of
//!   nodes ended meanwhile.
//!
//! Prints lines of JSON.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use intermission_benches::replicas::{Crowd, Served};
use intermission_testkit::within;
use serde_json::{Value, json};
use tokio::time::sleep;

const CONTENDERS: [&str; 2] = ["one control, SQLite", "three replicas, etcd"];
/// How long a poll is held.
const WAIT: u8 = 60;
/// How long a poll is held where nodes are to poll often.
const BRIEF: u8 = 1;
/// Nothing here takes this long unless it hangs.
const LONG: Duration = Duration::from_secs(120);
/// When no more polls are held for so long, no more will be.
const STEADY: Duration = Duration::from_secs(20);
/// Until this long after the death of a leader changes are made.
const AFTERWARDS: Duration = Duration::from_secs(6);

/// Within this time of a change no replica holds a poll that the change ends.
const SETTLED: Duration = Duration::from_millis(100);

struct Effort {
    idle: usize,
    changes: usize,
    waiting: usize,
    waits: usize,
    polls: usize,
    brief: usize,
    kills: usize,
}

const QUICK: Effort = Effort {
    idle: 50,
    changes: 20,
    waiting: 500,
    waits: 3,
    polls: 1000,
    brief: 30,
    kills: 2,
};
const FULL: Effort = Effort {
    idle: 1000,
    changes: 200,
    waiting: 10_000,
    waits: 15,
    polls: 36_000,
    brief: 300,
    kills: 20,
};

fn main() -> Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let effort = if has("--quick") { QUICK } else { FULL };
    let parts = ["changes", "waits", "polls", "leader"];
    let is_meant = |part| has(part) || !parts.iter().any(|part| has(part));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        if is_meant("changes") {
            changes(&effort).await?;
        }
        if is_meant("waits") {
            waits(&effort).await?;
        }
        if is_meant("polls") {
            polls(&effort).await?;
        }
        if is_meant("leader") {
            leader(&effort).await?;
        }
        Ok(())
    })
}

async fn changes(effort: &Effort) -> Result<()> {
    let contenders = [Served::one()?, Served::three()?];
    let mut crowds = Vec::new();
    for served in &contenders {
        crowds.push(Crowd::gather(served, effort.idle, WAIT).await?);
    }
    let mut times = [const { Vec::new() }; 2];
    for change in 0..effort.changes {
        let switch = if change % 2 == 0 { "enter" } else { "exit" };
        for ((served, crowd), times) in contenders.iter().zip(&crowds).zip(&mut times) {
            sleep(SETTLED).await;
            crowd.until_held(served).await;
            let control = &served.controls[change % served.controls.len()];
            let begun = Instant::now();
            let changed = control.post(&format!("/v1/services/shop/{switch}"), &json!({}));
            times.push(begun.elapsed());
            ensure!(changed.status == 200, "{switch}: {}", changed.json());
        }
    }
    for (name, times) in CONTENDERS.into_iter().zip(times) {
        print("replicas, changes", name, effort.idle, times);
    }
    Ok(())
}

async fn waits(effort: &Effort) -> Result<()> {
    let contenders = [Served::one()?, Served::three()?];
    let mut crowds = Vec::new();
    for served in &contenders {
        crowds.push(Crowd::gather(served, effort.waiting, WAIT).await?);
    }
    let mut times = [const { Vec::new() }; 2];
    for round in 0..effort.waits {
        for ((served, crowd), times) in contenders.iter().zip(&crowds).zip(&mut times) {
            for switch in ["enter", "exit"] {
                sleep(SETTLED).await;
                crowd.until_held(served).await;
                let took = wait(served, round, switch, effort.waiting)?;
                if switch == "enter" {
                    times.push(took);
                }
            }
        }
    }
    for (name, times) in CONTENDERS.into_iter().zip(times) {
        print("replicas, waits", name, effort.waiting, times);
    }
    Ok(())
}

/// How long the command waits for so many nodes.
fn wait(served: &Served, first: usize, switch: &str, nodes: usize) -> Result<Duration> {
    let expect = nodes.to_string();
    let words = [
        switch, "shop", "--wait", "--expect", &expect, "--output", "json",
    ];
    let mut command = served.command(first, &words);
    let begun = Instant::now();
    let run = command.output()?;
    let took = begun.elapsed();
    let said = String::from_utf8_lossy(&run.stdout);
    let errors = String::from_utf8_lossy(&run.stderr);
    ensure!(run.status.success(), "{switch}: {said}{errors}");
    Ok(took)
}

async fn polls(effort: &Effort) -> Result<()> {
    let mut served = Served::three()?;
    let begun = Instant::now();
    let crowd = Crowd::gather(&served, effort.polls, WAIT).await?;
    let gathered = begun.elapsed();
    let until_gathered = stored(&served)?;
    let moved = served.held(&[0])?;
    let before = crowd.counts();
    served.controls[0].kill();
    let killed = Instant::now();
    let others = [1, 2];
    let (mut most, mut most_after) = (0, Duration::ZERO);
    while most < crowd.all() && killed.elapsed() < most_after + STEADY {
        let held = served.held(&others)?;
        if held > most {
            (most, most_after) = (held, killed.elapsed());
        }
        sleep(Duration::from_millis(20)).await;
    }
    // Their counts are printed by now and then.
    sleep(Duration::from_millis(500)).await;
    let counts = crowd.counts_since(&before);
    let before = crowd.counts();
    served.restart(0);
    let back = crowd.until_held(&served).await;
    let line = json!({
        "case": "replicas, polls",
        "polls": effort.polls,
        "load": load(),
        "gathered_ms": milliseconds(gathered),
        "stored_until_gathered": until_gathered,
        "moved": moved,
        "most_held_by_others": most,
        "most_held_ms": milliseconds(most_after),
        "counts": counts,
        "stored_in_all": stored(&served)?,
        "held_after_restart_ms": milliseconds(back),
        "counts_after_restart": crowd.counts_since(&before),
    });
    println!("{line}");
    Ok(())
}

/// What the first member of etcd has stored since it began, and its memory.
fn stored(served: &Served) -> Result<Value> {
    let etcd = served.etcd.as_ref().context("there is no etcd")?;
    Ok(json!({
        "puts": etcd.metric(0, "etcd_mvcc_put_total"),
        "put_bytes": etcd.metric(0, "etcd_debugging_mvcc_total_put_size_in_bytes"),
        "database_bytes": etcd.metric(0, "etcd_mvcc_db_total_size_in_bytes"),
        "memory_bytes": etcd.metric(0, "process_resident_memory_bytes"),
    }))
}

async fn leader(effort: &Effort) -> Result<()> {
    let mut served = Served::three()?;
    let crowd = Crowd::gather(&served, effort.brief, BRIEF).await;
    let crowd = crowd?;
    let before = crowd.counts();
    let (mut worst, mut elections) = (Vec::new(), Vec::new());
    for kill in 0..effort.kills {
        let (send, stop) = channel::<()>();
        let commands: Vec<_> = ["enter", "exit"]
            .map(|switch| served.command(kill, &[switch, "shop"]))
            .into();
        let operator = thread::spawn(move || operate(commands, &stop));
        sleep(Duration::from_millis(500)).await;
        let etcd = served.etcd.as_mut().context("there is no etcd")?;
        let leader = etcd.leader();
        etcd.kill(leader);
        let killed = Instant::now();
        while etcd.leads().is_none() && killed.elapsed() < AFTERWARDS {
            sleep(Duration::from_millis(20)).await;
        }
        elections.push(killed.elapsed());
        sleep(AFTERWARDS.saturating_sub(killed.elapsed())).await;
        drop(send);
        let ended = operator.join();
        let times = ended.map_err(|_| anyhow::anyhow!("the operator has panicked"))??;
        worst.extend(times.into_iter().max());
        let etcd = served.etcd.as_mut().context("there is no etcd")?;
        etcd.restart(leader);
        within(LONG, "etcd has a leader", async || {
            served
                .controls
                .iter()
                .all(|control| control.get("/readyz").status == 200)
        })
        .await;
        sleep(Duration::from_secs(2)).await;
    }
    let counts: BTreeMap<_, _> = crowd.counts_since(&before);
    elections.sort();
    let elections: Vec<_> = elections.into_iter().map(milliseconds).collect();
    print_with(
        json!({
            "nodes": effort.brief,
            "kills": effort.kills,
            "counts": counts,
            "elections_ms": elections,
        }),
        "replicas, leader",
        CONTENDERS[1],
        worst,
    );
    Ok(())
}

/// Makes changes by the command, one after the other, and returns how long each took.
fn operate(
    mut commands: Vec<std::process::Command>,
    stop: &std::sync::mpsc::Receiver<()>,
) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    let mut turn = 0;
    while stop.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty) {
        let count = commands.len();
        let command = &mut commands[turn % count];
        turn += 1;
        let begun = Instant::now();
        let run = command.stdout(Stdio::null()).output()?;
        times.push(begun.elapsed());
        let errors = String::from_utf8_lossy(&run.stderr);
        ensure!(
            run.status.success(),
            "a change failed after {:?}: {errors}",
            begun.elapsed()
        );
    }
    Ok(times)
}

fn print(case: &str, contender: &str, nodes: usize, times: Vec<Duration>) {
    print_with(json!({ "nodes": nodes }), case, contender, times);
}

/// Prints a line with the distribution of these times.
fn print_with(mut line: Value, case: &str, contender: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    let mut set = |name: &str, value: Value| line[name] = value;
    set("case", case.into());
    set("contender", contender.into());
    set("load", load().into());
    set("times", times.len().into());
    set("least_ms", milliseconds(at(0)).into());
    for part in [50, 90, 99] {
        set(&format!("p{part}_ms"), milliseconds(at(part)).into());
    }
    set("most_ms", milliseconds(at(100)).into());
    println!("{line}");
}

/// The load of the machine in the last minute.
fn load() -> f64 {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let last = load.split(' ').next().and_then(|load| load.parse().ok());
    last.unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}
