//! What control needs with a large store: 1,000 services, 100,000 revisions and 10,000 members, in the data folder and in
//! etcd; `--quick` takes a tenth of that.
//!
//! Prints a line of JSON for each engine: milliseconds from the start of the process to the first 200 of `/readyz`; bytes
//! of resident memory then, after 1,000 polls, and after all requests; milliseconds of a page of the history, the first and
//! one in the middle, of `intermission status` for all services, of the metrics, of one change, and of one in a store with a
//! single service; of `store check`, and of `store copy` to the other engine.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use intermission_benches::full_store::{self, FullStore, Size, change, median, name, poll};
use intermission_testkit::control::{Answer, Ask, Control, Home};
use intermission_testkit::{Etcd, free_address, wait_for};
use serde_json::{Value, json};

const FULL: Size = Size {
    services: 1_000,
    members: 10_000,
    rounds: 98,
    more: 1_000,
};
const QUICK: Size = Size {
    services: 100,
    members: 1_000,
    rounds: 98,
    more: 100,
};
/// How often control starts, and what takes long is measured.
const STARTS: usize = 5;
/// How often a request is measured.
const REQUESTS: usize = 30;
/// How many polls come before memory is looked at again.
const POLLS: usize = 1_000;

fn main() -> Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let size = if quick { QUICK } else { FULL };
    let filled = FullStore::fill(size)?;
    let (cluster, back) = (Etcd::start(1), full_store::home()?);
    let urls = cluster.urls().join(",");
    let etcd = ["--etcd", &*urls];

    let (first, first_check) = check(&filled.home, &[], size)?;
    let (out, out_copy) = copy(&filled.home, "--to-etcd", &etcd)?;
    let (second, second_check) = check(&filled.home, &etcd, size)?;
    let (returned, back_copy) = copy(&back, "--to-sqlite", &etcd)?;
    ensure!(
        first["faults"] == second["faults"] && out == returned,
        "{out} {returned}"
    );

    let engines = [
        ("SQLite", &[][..], &[][..], first_check, out_copy),
        (
            "etcd",
            &etcd,
            &["--etcd-prefix", "empty"],
            second_check,
            back_copy,
        ),
    ];
    for (engine, options, other, check, copy) in engines {
        let mut line = measure(&filled, options, &[options, other].concat(), size)?;
        line["check_ms"] = milliseconds(check);
        line["copy_ms"] = milliseconds(copy);
        line["case"] = "large store".into();
        line["engine"] = engine.into();
        println!("{line}");
    }
    Ok(())
}

/// Measures control with the store that `options` name, and the changes of one with the empty store of `empty` by turns.
fn measure(filled: &FullStore, options: &[&str], empty: &[&str], size: Size) -> Result<Value> {
    let FullStore { home, token } = filled;
    let mut starts = Vec::new();
    for _ in 1..STARTS {
        let (mut control, took) = start(home, options)?;
        starts.push(took);
        control.stop();
    }
    let (mut control, took) = start(home, options)?;
    starts.push(took);
    let bytes_ready = control.process.memory();
    for member in 0..POLLS.min(size.members) {
        poll(&control, token, member, 2, size)?;
    }
    let bytes_polled = control.process.memory();

    let service = name(0);
    let page = |before: usize| {
        let path = format!("/v1/services/{service}/history?before={before}");
        let check = |answer: Answer| {
            let page = answer.json();
            let entries = page["entries"].as_array().context("entries")?;
            ensure!(entries.len() == 100, "{}", entries.len());
            ensure!(entries[0]["revision"] == before - 1, "{}", entries[0]);
            Ok(())
        };
        times(REQUESTS, |_| control.get(&*path), check)
    };
    let newest = size.most_revisions();
    let history_first = page(newest + 1)?;
    let history_middle = page(newest / 2 + 51)?;
    let run = |_| home.run(&control, &["status"]);
    let status = times(STARTS, run, |status| {
        let status = status.done();
        ensure!(status.lines().count() >= size.services, "{status}");
        Ok(())
    })?;
    let metrics = times(
        STARTS,
        |_| control.get("/metrics"),
        |metrics| {
            ensure!(metrics.status == 200, "{}", metrics.status);
            Ok(())
        },
    )?;
    let empty_home = full_store::home()?;
    let (mut other, _) = start(&empty_home, empty)?;
    other.add(&name(1));
    let (mut changes, mut empty_changes) = (Vec::new(), Vec::new());
    for number in 0..REQUESTS {
        for (control, times) in [(&control, &mut changes), (&other, &mut empty_changes)] {
            let begun = Instant::now();
            change(control, 1, number)?;
            times.push(begun.elapsed());
        }
    }
    let bytes_last = control.process.memory();
    other.stop();
    control.stop();
    Ok(json!({
        "services": size.services,
        "revisions": size.revisions(),
        "members": size.members,
        "ready_ms": milliseconds(median(starts)),
        "bytes_ready": bytes_ready,
        "bytes_polled": bytes_polled,
        "bytes_last": bytes_last,
        "history_first_ms": history_first,
        "history_middle_ms": history_middle,
        "status_ms": status,
        "metrics_ms": metrics,
        "change_ms": milliseconds(median(changes)),
        "change_empty_ms": milliseconds(median(empty_changes)),
    }))
}

/// Starts control, and takes the time until it is ready.
fn start(home: &Home, options: &[&str]) -> Result<(Control, Duration)> {
    let address = free_address().to_string();
    let begun = Instant::now();
    let mut control = home.serve(home.binary(), &address, options);
    wait_for("control is ready", || {
        let ended = control.process.try_wait();
        assert!(ended.is_none(), "{}", home.log());
        let answer = Ask::new("GET", "/readyz").send(&address).ok()?;
        (answer.status == 200).then_some(())
    });
    let took = begun.elapsed();
    control.wait_ready();
    Ok((control, took))
}

/// Checks a store, which must be the one that was filled.
fn check(home: &Home, etcd: &[&str], size: Size) -> Result<(Value, Duration)> {
    let (checked, took) = store(home, &["check"], etcd, etcd.is_empty())?;
    for (what, count) in [
        ("services", size.services),
        ("revisions", size.revisions()),
        ("members", size.members),
    ] {
        ensure!(checked[what] == count, "{what}: {checked}");
    }
    Ok((checked, took))
}

fn copy(home: &Home, direction: &str, etcd: &[&str]) -> Result<(Value, Duration)> {
    store(home, &["copy", direction], etcd, true)
}

/// What a subcommand of `store` prints.
fn store(home: &Home, line: &[&str], etcd: &[&str], in_folder: bool) -> Result<(Value, Duration)> {
    let mut command = home.binary();
    command.arg("store").args(line).args(etcd);
    command.args(["--output", "json"]);
    if in_folder {
        command.arg("--data").arg(home.data());
    }
    let begun = Instant::now();
    let done = command.output()?;
    let took = begun.elapsed();
    ensure!(done.status.success(), "{done:?}");
    Ok((serde_json::from_slice(&done.stdout)?, took))
}

/// The median of the times of some work, in milliseconds. What it gives is checked outside of its time.
fn times<T>(
    count: usize,
    work: impl Fn(usize) -> T,
    check: impl Fn(T) -> Result<()>,
) -> Result<Value> {
    let mut times = Vec::new();
    for number in 0..count {
        let begun = Instant::now();
        let done = work(number);
        times.push(begun.elapsed());
        check(done)?;
    }
    Ok(milliseconds(median(times)))
}

fn milliseconds(time: Duration) -> Value {
    json!(time.as_secs_f64() * 1e3)
}
