//! `cargo xtask fuzz`: libFuzzer on the targets in `fuzz/`, with the stable toolchain.
//!
//! 1. The targets are built with LLVM's coverage instrumentation, which needs no sanitizer and no nightly toolchain.
//! 2. Their first inputs are the corpus in `corpus/vectors/`, written by `corpus/examples/seeds.rs`. What a run finds
//!    to reach more code is kept in `target/fuzz/corpus/`, and the next run goes on from there.
//! 3. An input that breaks a promise is kept in `target/fuzz/artifacts/`, and the run fails with its name.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::step::{Steps, output, run};
use crate::system::{self, Chore, Missing};
use crate::workspace::{cargo, command, fuzz, target};

/// What coverage needs of the compiler, as `cargo fuzz --sanitizer none` has it.
const FLAGS: [&str; 9] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
    "-Ccodegen-units=1",
    "-Cdebug-assertions",
    "-Coverflow-checks",
];

/// Targets whose inputs are documents or requests.
const LONG: [&str; 10] = [
    "client",
    "control_report",
    "control_request",
    "decide",
    "drain",
    "patch",
    "plugin_configuration",
    "reply",
    "shared_data",
    "state",
];

/// How many inputs a run gives each target, and the seed of their choice where it is the same each time.
#[derive(Clone, Copy, Debug)]
struct Length {
    runs: u64,
    seed: Option<u32>,
}

/// In CI, where each run gives the same inputs: a failure there comes from the change that is tested.
const SHORT: Length = Length {
    runs: 5_000,
    seed: Some(1),
};
/// Inputs per target where no number is given.
const USUAL: u64 = 1_000_000;

/// Reads the arguments of the chore, `[--runs N] [TARGET]`, and runs the targets that they name.
pub(crate) fn run_named(steps: &mut Steps, arguments: &[&str]) -> Result<()> {
    let (runs, names) = match arguments {
        ["--runs", runs, names @ ..] => (runs.parse().context("--runs N")?, names),
        names => (USUAL, names),
    };
    let length = Length { runs, seed: None };
    steps.step("prerequisites", || {
        system::check(&[Chore::Lint], Missing::Name)
    })?;
    let mut targets = targets()?;
    if let [name] = names {
        let known = targets.join(", ");
        targets.retain(|target| target == name);
        if targets.is_empty() {
            bail!("there is no fuzz target {name}; there are: {known}");
        }
    } else if !names.is_empty() {
        bail!("cargo xtask fuzz [--runs N] [TARGET]");
    }
    all(steps, &targets, length)
}

/// Runs every target for a moment.
pub(crate) fn briefly(steps: &mut Steps) -> Result<()> {
    all(steps, &targets()?, SHORT)
}

fn all(steps: &mut Steps, targets: &[String], length: Length) -> Result<()> {
    let folder = steps.step("fuzz targets (target/fuzz)", build)?;
    let seeds = target().join("fuzz/seeds");
    steps.step("seeds of the fuzz targets (target/fuzz/seeds)", || {
        let mut write = cargo("run --quiet --package intermission-corpus --example seeds --");
        run(write.arg(&seeds))
    })?;
    let mut executions = 0;
    for name in targets {
        executions += steps.step(&format!("fuzz {name}"), || {
            one(&folder.join(name), name, length)
        })?;
    }
    println!("fuzz: {} targets, {executions} executions", targets.len());
    Ok(())
}

/// Builds the targets and returns the folder that has them.
fn build() -> Result<PathBuf> {
    let host = host()?;
    // With the host named as a target, build scripts and macros are built without the flags.
    let mut build = fuzz("build --locked --release --bins --target");
    build.arg(&host);
    build.env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\x1f"));
    run(&mut build)?;
    Ok(target().join("fuzz").join(host).join("release"))
}

fn host() -> Result<String> {
    let version = output(command("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc -vV names no host")
}

/// Runs one target and returns how many inputs it was given.
fn one(program: &Path, name: &str, length: Length) -> Result<u64> {
    let folder = target().join("fuzz");
    let [corpus, artifacts, seeds] =
        ["corpus", "artifacts", "seeds"].map(|kind| folder.join(kind).join(name));
    for folder in [&corpus, &artifacts, &seeds] {
        fs::create_dir_all(folder)?;
    }
    let mut fuzzer = command(program);
    fuzzer.arg(&corpus).arg(&seeds);
    fuzzer.arg(format!("-runs={}", length.runs));
    if let Some(seed) = length.seed {
        fuzzer.arg(format!("-seed={seed}"));
    }
    let longest = if LONG.contains(&name) { 2048 } else { 256 };
    fuzzer.arg(format!("-max_len={longest}"));
    fuzzer.arg(format!(
        "-dict={}",
        folder.join("seeds/words.dict").display()
    ));
    fuzzer.arg(format!("-artifact_prefix={}/", artifacts.display()));
    fuzzer.args([
        "-timeout=10",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        "-verbosity=0",
    ]);
    let mut executions = None;
    let mut child = fuzzer.stdin(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    for line in child
        .stderr
        .take()
        .into_iter()
        .flat_map(|stderr| BufReader::new(stderr).split(b'\n'))
    {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        match line.strip_prefix("stat::") {
            Some(figure) => executions = executions.or(number(figure)),
            None if NOISE.iter().any(|noise| line.starts_with(noise)) => {}
            None => eprintln!("{line}"),
        }
    }
    let status = child.wait()?;
    if !status.success() {
        bail!(
            "{name} fails: {status}; the input is in {}",
            artifacts.display()
        );
    }
    let executions = executions.with_context(|| format!("{name} does not say how often it ran"))?;
    println!("fuzz {name}: {executions} executions");
    Ok(executions)
}

/// What libFuzzer says at each start.
const NOISE: [&str; 3] = ["INFO: ", "WARNING: Failed to find function", "Dictionary: "];

/// How many inputs there were, where a figure says so.
fn number(figure: &str) -> Option<u64> {
    figure
        .strip_prefix("number_of_executed_units:")?
        .trim()
        .parse()
        .ok()
}

/// The targets that `fuzz/Cargo.toml` lists.
fn targets() -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    #[derive(Deserialize)]
    struct Package {
        targets: Vec<Target>,
    }
    #[derive(Deserialize)]
    struct Target {
        name: String,
        kind: Vec<String>,
    }
    let metadata = output(&mut fuzz("metadata --format-version 1 --no-deps"))?;
    let Metadata { packages } = serde_json::from_str(&metadata).context("cargo metadata")?;
    let targets = packages.into_iter().flat_map(|package| package.targets);
    let is_program = |target: &Target| target.kind.iter().any(|kind| kind == "bin");
    Ok(targets
        .filter(is_program)
        .map(|target| target.name)
        .collect())
}
