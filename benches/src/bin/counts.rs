//! Runs hot functions for `cargo xtask counts`, which counts their instructions.
//!
//! Without arguments it prints a line for each: its name, and how many allocations it makes in each run, rounded up. With a
//! name and a number it runs that function so many times.

use std::hint::black_box;
use std::process::ExitCode;

use intermission_benches::hot;

/// How often a function is run before its allocations are counted, and while they are.
const TIMES: u64 = 1000;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let functions = hot::all();
    match arguments.as_slice() {
        [] => {
            let one = allocation_counter::measure(|| drop(black_box(Box::new(1))));
            assert_eq!(one.count_total, 1, "nothing is counted");
            for function in functions {
                let mut run = (function.start)();
                run(TIMES);
                let counted = allocation_counter::measure(|| run(TIMES));
                println!("{} {}", function.name, counted.count_total.div_ceil(TIMES));
            }
        }
        [name, times] => {
            let function = functions.iter().find(|function| function.name == name);
            let (Some(function), Ok(times)) = (function, times.parse()) else {
                eprintln!("no such function or number: {name} {times}");
                return ExitCode::from(2);
            };
            (function.start)()(times);
        }
        _ => {
            eprintln!("usage: counts [NAME TIMES]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
