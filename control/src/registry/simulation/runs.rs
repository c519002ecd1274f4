use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

use super::world::World;

/// How many worlds are tried where no number is given.
const RUNS: u64 = if cfg!(debug_assertions) { 100 } else { 10_000 };

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap())
}

#[test]
fn no_wait_ends_well_while_a_node_admits_or_runs_what_it_should_not() {
    if let Some(seed) = number("SEED") {
        World::run(seed, true).unwrap();
        return;
    }
    let (runs, first) = (number("RUNS").unwrap_or(RUNS), number("FIRST").unwrap_or(0));
    let (next, done, begun) = (AtomicU64::new(0), AtomicUsize::new(0), Instant::now());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= runs {
                        return;
                    }
                    match World::run(first + run, false) {
                        Ok(ended) => done.fetch_add(ended, Ordering::Relaxed),
                        Err(failure) => {
                            next.store(runs, Ordering::Relaxed);
                            panic!("run {run}: {failure}; SEED={} repeats it", first + run);
                        }
                    };
                }
            });
        }
    });
    let (done, seconds) = (done.into_inner(), begun.elapsed().as_secs_f64());
    eprintln!(
        "{runs} runs, {:.0} a second; {done} waits ended well",
        runs as f64 / seconds
    );
    assert!(done as u64 > runs, "waits end well seldom: {done}");
}
