//! `cargo xtask bench`: measures the parts beside their contenders, and writes `docs/performance.md` of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::counts::{Cost, Costs};
use crate::step::{Steps, output, watch};
use crate::system::{self, Chore, Missing};
use crate::workspace::{benches, cargo, command, root, target};
use crate::{counts, native, tools, wasm};

/// How long it measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    /// At most an hour.
    Full,
    /// A few minutes, of which nothing is kept but under `target/`.
    Quick,
}

/// The binaries that measure, and the processor that each is kept on where it is not to use them all.
const MEASURING: [(&str, Option<&str>); 8] = [
    ("address_table", Some("1")),
    ("layer_table", None),
    ("wrk_axum", None),
    ("wrk_proxies", None),
    ("propagation", None),
    ("large_store", None),
    ("memory_envoy", None),
    ("replicas", None),
];

/// Builds, measures one after the other, and writes it down.
pub(crate) fn run(steps: &mut Steps, length: Length) -> Result<()> {
    let envoy = build(steps, length)?;
    let folder = target().join("bench");
    let measured = emptied(folder.join("measured"))?;
    fs::write(measured.join("about.jsonl"), about(&envoy)?)?;
    let counts = counts::found(steps)?;
    fs::write(measured.join("counts.jsonl"), lines(&counts))?;
    let left = emptied(target().join("benches/criterion"))?;
    let mut functions = criterion(length);
    functions.args(["--", "--noplot"]);
    if length == Length::Quick {
        functions.arg("--quick");
    }
    steps.run("functions", &mut functions)?;
    fs::write(measured.join("functions.jsonl"), times(&left)?)?;
    for (name, processor) in MEASURING {
        steps.step(name, || measure(name, processor, length, &measured))?;
    }
    let docs = match length {
        Length::Full => root().join("docs"),
        Length::Quick => folder,
    };
    let mut report = command(target().join("benches/release/report"));
    steps.run("report", report.arg(&measured).arg(&docs))?;
    println!("{}", docs.join("performance.md").display());
    Ok(())
}

/// Builds and installs what is measured, and returns where Envoy is.
fn build(steps: &mut Steps, length: Length) -> Result<PathBuf> {
    steps.step("prerequisites", || {
        system::check(&[Chore::Bench], Missing::Name)
    })?;
    let envoy = steps.step("Envoy (target/envoy)", tools::envoy)?;
    steps.step("edge filter (target/*.wasm)", wasm::build)?;
    steps.step("native filter (target/*.so)", native::build)?;
    steps.run(
        "build control",
        &mut cargo("build --release -p intermission-control"),
    )?;
    // The binaries along with them.
    let mut bench = criterion(length);
    steps.run(
        "build the benches and their contenders",
        bench.arg("--no-run"),
    )?;
    Ok(envoy)
}

/// The folder, without what another run has left there.
fn emptied(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A line about this run.
fn about(envoy: &Path) -> Result<String> {
    let about = json!({ "machine": machine()?, "versions": versions(envoy)?, "commit": commit()? });
    Ok(format!("{about}\n"))
}

fn lines(costs: &Costs) -> String {
    let line = |(name, cost): (&String, &Cost)| {
        let (operation, input) = name.split_once('/').unwrap_or((name, ""));
        let line = json!({
            "operation": operation,
            "input": input,
            "instructions": cost.instructions,
            "allocations": cost.allocations,
        });
        format!("{line}\n")
    };
    costs.iter().map(line).collect()
}

/// The benches that take the times of functions; those in a hurry do without what is compared in turns as well.
fn criterion(length: Length) -> Command {
    let others = match length {
        Length::Full => "--bench address_set --bench layer",
        Length::Quick => "",
    };
    benches(&format!(
        "bench --locked --features contenders --bench decide {others}"
    ))
}

/// A line for each function whose time criterion has left in `folder`.
fn times(folder: &Path) -> Result<String> {
    let mut folders = fs::read_dir(folder)
        .with_context(|| folder.display().to_string())?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    folders.retain(|path| path.is_dir());
    folders.sort();
    let mut lines = String::new();
    for folder in folders {
        if !folder.ends_with("new") {
            lines.push_str(&times(&folder)?);
            continue;
        }
        let read = |name| -> Result<Value> {
            let file = folder.join(name);
            let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
            serde_json::from_str(&text).with_context(|| file.display().to_string())
        };
        let (id, estimates) = (read("benchmark.json")?, read("estimates.json")?);
        let line = json!({
            "operation": id.get("group_id"),
            "input": id.get("function_id"),
            "contender": id.get("value_str"),
            "function_ns": estimates.pointer("/median/point_estimate"),
        });
        lines.push_str(&format!("{line}\n"));
    }
    Ok(lines)
}

fn measure(name: &str, processor: Option<&str>, length: Length, measured: &Path) -> Result<()> {
    let binary = target().join("benches/release").join(name);
    let mut bench = match processor {
        Some(processor) => {
            let mut taskset = command("taskset");
            taskset.args(["--cpu-list", processor]).arg(binary);
            taskset
        }
        None => command(binary),
    };
    if length == Length::Quick {
        bench.arg("--quick");
    }
    let mut lines = String::new();
    watch(&mut bench, |line| {
        lines.push_str(line);
        lines.push('\n');
    })?;
    fs::write(measured.join(name).with_extension("jsonl"), lines)?;
    Ok(())
}

/// The processors and the kernel.
fn machine() -> Result<String> {
    let text = fs::read_to_string("/proc/cpuinfo").context("/proc/cpuinfo")?;
    let mut models = text
        .lines()
        .filter_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = models.next().map_or("unknown", |(_, model)| model);
    let kernel = output(command("uname").args(["--kernel-name", "--kernel-release"]))?;
    Ok(format!(
        "{} × {model}, {}",
        models.count() + 1,
        kernel.trim()
    ))
}

/// What the contenders are that are not in `benches/Cargo.lock`.
fn versions(envoy: &Path) -> Result<String> {
    let first = |text: String| text.lines().next().unwrap_or_default().trim().to_owned();
    let rustc = first(output(command("rustc").arg("--version"))?);
    // Its date follows, and where it is from.
    let haproxy = first(output(command("haproxy").arg("-v"))?);
    let haproxy: Vec<_> = haproxy.split(' ').take(3).collect();
    let haproxy = haproxy.join(" ");
    let envoy = output(command(envoy).arg("--version"))?;
    // `version: COMMIT/VERSION/…`
    let envoy = envoy.split_once("version: ").map_or("", |(_, known)| known);
    let envoy = envoy.split('/').nth(1).unwrap_or("unknown");
    // It says so where errors go.
    let nginx = command("nginx").arg("-v").output()?;
    let nginx = first(String::from_utf8(nginx.stderr)?);
    let nginx = nginx.trim_start_matches("nginx version: ");
    Ok(format!("{rustc}; Envoy {envoy}; {nginx}; {haproxy}"))
}

fn commit() -> Result<String> {
    let commit = output(command("git").args(["rev-parse", "--short", "HEAD"]))?;
    let changes = output(command("git").args(["status", "--porcelain"]))?;
    let changed = if changes.is_empty() { "" } else { ", changed" };
    Ok(format!("{}{changed}", commit.trim()))
}
