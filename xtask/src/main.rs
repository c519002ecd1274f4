//! Every chore of this repository, as `cargo xtask NAME`; CI runs the same ones.

mod bench;
mod ci;
mod counts;
mod demo;
mod lint;
mod native;
mod setup;
mod step;
mod suites;
mod system;
mod tools;
mod wasm;
mod workspace;

use std::process::ExitCode;

use crate::bench::Length;
use crate::counts::Task;
use crate::demo::Size;
use crate::step::Steps;
use crate::suites::{api, fuzz, libraries, simulate, soak, test};
use crate::system::Missing;

const CHORES: &str = "\
cargo xtask demo      installs what the demo needs, starts control, three apps and Envoy, and prints commands to try;
                      --replicas starts three controls over three members of etcd
cargo xtask setup     installs everything that the other chores need, on the machine (as root on Debian) and under target/
cargo xtask test      runs every test; --install first installs what the machine lacks
cargo xtask lint      checks format, lints, docs, features, targets, licences, documentation and the deployment files
cargo xtask tidy      checks paths and words of documentation, and rooms and sizes of source files, in seconds
cargo xtask libraries tests the core, the node and the layer with the oldest Rust that they support
cargo xtask wasm      builds the edge filter, target/intermission-edge-filter.wasm
cargo xtask native    builds the same as a dynamic module of Envoy, target/libintermission_envoy.so
cargo xtask api       tests control's HTTP interface with REDbot and schemathesis
cargo xtask counts    counts instructions and allocations of what runs in every request; --accept keeps them
cargo xtask simulate  runs the simulation of --wait a million times: cargo xtask simulate [--runs N]
cargo xtask soak      runs the tests of --wait at full length: 200 rounds over 50 nodes, 200 over replicas that fail
cargo xtask bench     measures the parts beside their contenders and writes docs/performance.md (--quick: target/bench/)
cargo xtask fuzz      runs the fuzz targets, or one: cargo xtask fuzz [--runs N] [TARGET]
cargo xtask ci        runs what CI runs: lint, counts, test and libraries; --install first installs what the machine lacks";

fn main() -> ExitCode {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let mut steps = Steps::default();
    let outcome = match names
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["demo"] => demo::run(Size::One),
        ["demo", "--replicas"] => demo::run(Size::Replicas),
        ["setup"] => setup::run(&mut steps),
        ["test"] => test::run(&mut steps, Missing::Name),
        ["test", "--install"] => test::run(&mut steps, Missing::Install),
        ["lint"] => lint::run(&mut steps),
        ["tidy"] => lint::tidy(&mut steps),
        ["wasm"] => steps.step("edge filter", wasm::build).map(|_| ()),
        ["native"] => steps.step("native filter", native::build).map(|_| ()),
        ["api"] => api::run(&mut steps),
        ["simulate", arguments @ ..] => simulate::simulate(&mut steps, arguments),
        ["soak"] => soak::soak(&mut steps),
        ["bench"] => bench::run(&mut steps, Length::Full),
        ["bench", "--quick"] => bench::run(&mut steps, Length::Quick),
        ["counts"] => counts::alone(&mut steps, Task::Compare),
        ["counts", "--accept"] => counts::alone(&mut steps, Task::Accept),
        ["fuzz", arguments @ ..] => fuzz::run_named(&mut steps, arguments),
        ["libraries"] => libraries::run(&mut steps),
        ["ci"] => ci::run(&mut steps, Missing::Name),
        ["ci", "--install"] => ci::run(&mut steps, Missing::Install),
        [] => return usage("which chore?"),
        other => return usage(&format!("no such chore: {}", other.join(" "))),
    };
    steps.print();
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage(complaint: &str) -> ExitCode {
    eprintln!("{complaint}\n\n{CHORES}");
    ExitCode::from(2)
}
