use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::tally::Tally;
use super::world::World;

/// How many worlds with one control, and with several replicas, are tried where no number is given.
const RUNS: u64 = 1000;
const RUNS_OF_REPLICAS: u64 = 500;
/// In how many worlds everything that is expected must have happened.
const MANY: u64 = 10_000;
/// How often the progress is printed.
const PRINTED: Duration = Duration::from_secs(60);

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap())
}

#[test]
fn no_wait_ends_well_while_a_node_admits_or_runs_what_it_should_not() {
    run(1, RUNS);
}

#[test]
fn no_wait_over_several_replicas_ends_well_while_a_node_admits_or_runs_what_it_should_not() {
    run(3, RUNS_OF_REPLICAS);
}

/// Tries worlds with so many replicas, and as many of them as the environment says.
fn run(replicas: usize, usual: u64) {
    if let Some(seed) = number("SEED") {
        let tally = World::run(seed, replicas, true).unwrap();
        eprintln!("{tally}");
        return;
    }
    let (runs, first) = (
        number("RUNS").unwrap_or(usual),
        number("FIRST").unwrap_or(0),
    );
    let (next, total, begun) = (
        AtomicU64::new(0),
        Mutex::new(Tally::default()),
        Instant::now(),
    );
    let print = |runs: u64, total: &Tally| {
        let seconds = begun.elapsed().as_secs_f64();
        let each = runs as f64 / seconds;
        eprintln!(
            "{runs} runs with seeds from {first} in {seconds:.0} s, {each:.0} a second; {total}"
        );
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (next, total, print) = (&next, &total, &print);
            scope.spawn(move || {
                let (mut own, mut printed) = (Tally::default(), Instant::now());
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= runs {
                        break;
                    }
                    match World::run(first + run, replicas, false) {
                        Ok(tally) => own.add(&tally),
                        Err(failure) => {
                            next.store(runs, Ordering::Relaxed);
                            panic!("run {run}: {failure}; SEED={} repeats it", first + run);
                        }
                    }
                    if thread == 0 && printed.elapsed() > PRINTED {
                        printed = Instant::now();
                        print(run, &own);
                    }
                }
                total.lock().unwrap().add(&own);
            });
        }
    });
    let total = total.into_inner().unwrap();
    print(runs, &total);
    let missing = total.missing(replicas);
    assert!(runs < MANY || missing.is_empty(), "never: {missing:?}");
}
