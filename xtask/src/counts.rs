//! `cargo xtask counts`: what the functions cost that run in every request, beside what `benches/counts.json` keeps.
//!
//! 1. The benches' `counts` runs each function under callgrind so many times, and as many times again; the difference is what
//!    it takes, to the instruction. `counts` tells by itself how much is allocated.
//! 2. More than 5 % above what is kept fails, and so does a function that is in the file or in `counts` alone. Less than that
//!    is printed.
//! 3. `--accept` keeps what was found.
//!
//! The counts are the same on every machine with the toolchain of `rust-toolchain.toml`, the same libc and a processor with
//! AVX2: libc has functions for several kinds, and under valgrind all that know AVX2 are of one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::step::{Steps, output, run};
use crate::system::{self, Chore, Missing};
use crate::workspace::{benches, command, root, target};

const FILE: &str = "benches/counts.json";
const REMEDY: &str = "cargo xtask counts --accept";
/// In percent of what is kept.
const TOLERANCE: u64 = 5;
/// How often a function is run, and then twice as often: numbers of one length, so that reading them takes as long.
const TIMES: u64 = 1000;

/// What a function takes each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cost {
    pub(crate) instructions: u64,
    pub(crate) allocations: u64,
}

/// What each function takes, by `operation/input`.
pub(crate) type Costs = BTreeMap<String, Cost>;

/// What is done with the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Compare,
    Accept,
}

/// Checks what must be there, and counts.
pub(crate) fn alone(steps: &mut Steps, task: Task) -> Result<()> {
    steps.step("prerequisites", || {
        system::check(&[Chore::Counts], Missing::Name)
    })?;
    all(steps, task)
}

/// Counts everything; what the system must have is there already.
pub(crate) fn all(steps: &mut Steps, task: Task) -> Result<()> {
    let found = found(steps)?;
    let file = root().join(FILE);
    match task {
        Task::Accept => fs::write(&file, text(&found)).context(FILE),
        Task::Compare => steps.step("counts beside those that are kept", || {
            let kept = fs::read_to_string(&file).context(FILE)?;
            compare(&serde_json::from_str(&kept).context(FILE)?, &found)
        }),
    }
}

/// Counts everything.
pub(crate) fn found(steps: &mut Steps) -> Result<Costs> {
    let program = steps.step("what is counted (target/benches)", build)?;
    steps.step("instructions and allocations", || count(&program))
}

fn build() -> Result<PathBuf> {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        bail!("{FILE} is about x86-64 and Linux, and there is no other to compare with");
    }
    let mut build = benches("build --locked --release --bin counts");
    // Instead of whatever flags are set here.
    build.env("CARGO_ENCODED_RUSTFLAGS", "-Ctarget-cpu=x86-64");
    run(&mut build)?;
    Ok(target().join("benches/release/counts"))
}

fn count(program: &Path) -> Result<Costs> {
    let mut costs = Costs::new();
    for line in output(&mut command(program))?.lines() {
        let (name, allocations) = line
            .split_once(' ')
            .and_then(|(name, number)| Some((name, number.parse().ok()?)))
            .with_context(|| format!("{line:?} is no name and number"))?;
        let [few, many] = [TIMES, 2 * TIMES].map(|times| instructions(program, name, times));
        let cost = Cost {
            instructions: each(few?, many?),
            allocations,
        };
        println!(
            "{:8} instructions {:3} allocations  {name}",
            cost.instructions, cost.allocations
        );
        costs.insert(name.to_owned(), cost);
    }
    Ok(costs)
}

/// What the whole program takes that runs a function so many times.
fn instructions(program: &Path, name: &str, times: u64) -> Result<u64> {
    let mut valgrind = command("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    valgrind.arg(program).arg(name).arg(times.to_string());
    let output = valgrind.output().context("valgrind")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    match collected {
        Some(collected) if output.status.success() => Ok(collected),
        _ => bail!("{name} under valgrind: {}\n{said}", output.status),
    }
}

/// What one time takes, to the nearest.
fn each(few: u64, many: u64) -> u64 {
    (many.saturating_sub(few) + TIMES / 2) / TIMES
}

/// Tells of what has become less, and fails with everything that has become too much.
fn compare(kept: &Costs, found: &Costs) -> Result<()> {
    let (mut more, mut less) = (Vec::new(), Vec::new());
    for (name, cost) in found {
        let Some(before) = kept.get(name) else {
            more.push(format!("{name} is counted and not in {FILE}"));
            continue;
        };
        for (what, before, now) in [
            ("instructions", before.instructions, cost.instructions),
            ("allocations", before.allocations, cost.allocations),
        ] {
            let line = format!("{name}: {now} {what} instead of {before}");
            if now * 100 > before * (100 + TOLERANCE) {
                more.push(line);
            } else if now * 100 < before * (100 - TOLERANCE) {
                less.push(line);
            }
        }
    }
    let gone = kept.keys().filter(|name| !found.contains_key(*name));
    more.extend(gone.map(|name| format!("{name} is in {FILE} and not counted")));
    if !less.is_empty() {
        eprintln!("{}\nto hold what is gained: {REMEDY}", less.join("\n"));
    }
    if !more.is_empty() {
        bail!(
            "{}\nif this is meant, run `{REMEDY}` and commit {FILE}",
            more.join("\n")
        );
    }
    Ok(())
}

/// The file: JSON with a line for each function, by name.
fn text(costs: &Costs) -> String {
    let mut text = String::from("{");
    for (place, (name, cost)) in costs.iter().enumerate() {
        let Cost {
            instructions,
            allocations,
        } = cost;
        let comma = if place == 0 { "" } else { "," };
        let _ = write!(
            text,
            "{comma}\n  {name:?}: {{ \"instructions\": {instructions}, \"allocations\": {allocations} }}"
        );
    }
    text.push_str("\n}\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(costs: &[(&str, u64, u64)]) -> Costs {
        let cost = |(name, instructions, allocations): &(&str, u64, u64)| {
            let cost = Cost {
                instructions: *instructions,
                allocations: *allocations,
            };
            ((*name).to_owned(), cost)
        };
        costs.iter().map(cost).collect()
    }

    fn fault(kept: &[(&str, u64, u64)], found: &[(&str, u64, u64)]) -> Option<String> {
        let error = compare(&costs(kept), &costs(found)).err()?;
        let text = error.to_string();
        let end =
            "\nif this is meant, run `cargo xtask counts --accept` and commit benches/counts.json";
        Some(text.strip_suffix(end).unwrap().to_owned())
    }

    #[test]
    fn five_percent_are_tolerated_and_no_more() {
        let kept = [("a", 100, 20)];
        assert_eq!(fault(&kept, &[("a", 105, 21)]), None);
        assert_eq!(fault(&kept, &[("a", 1, 0)]), None);
        assert_eq!(
            fault(&kept, &[("a", 106, 20)]).unwrap(),
            "a: 106 instructions instead of 100"
        );
        assert_eq!(
            fault(&kept, &[("a", 100, 22)]).unwrap(),
            "a: 22 allocations instead of 20"
        );
    }

    #[test]
    fn the_first_allocation_is_too_much() {
        assert_eq!(
            fault(&[("a", 9, 0)], &[("a", 9, 1)]).unwrap(),
            "a: 1 allocations instead of 0"
        );
    }

    #[test]
    fn all_faults_are_reported_at_once() {
        let kept = [("a", 100, 0), ("b", 100, 0), ("gone", 1, 0)];
        let found = [("a", 200, 0), ("b", 100, 1), ("new", 1, 0)];
        let expected = "\
a: 200 instructions instead of 100
b: 1 allocations instead of 0
new is counted and not in benches/counts.json
gone is in benches/counts.json and not counted";
        assert_eq!(fault(&kept, &found).unwrap(), expected);
    }

    #[test]
    fn one_time_is_the_difference_to_the_nearest() {
        assert_eq!(each(5_000, 12_499), 7);
        assert_eq!(each(5_000, 12_500), 8);
    }

    #[test]
    fn what_is_kept_is_read_again_and_sorted() {
        let kept = costs(&[("b/1", 7, 0), ("a/2", 900, 2)]);
        let text = text(&kept);
        assert_eq!(
            text,
            "{\n  \"a/2\": { \"instructions\": 900, \"allocations\": 2 },\n  \"b/1\": { \"instructions\": 7, \"allocations\": 0 }\n}\n"
        );
        assert_eq!(serde_json::from_str::<Costs>(&text).unwrap(), kept);
    }

    #[test]
    fn the_file_is_as_it_would_be_written() {
        let kept = fs::read_to_string(root().join(FILE)).unwrap();
        assert_eq!(text(&serde_json::from_str(&kept).unwrap()), kept);
    }
}
