//! What each contender costs, all of them by turns in one process; `--quick` asks less often.
//!
//! Prints a line of JSON for each case, contender and number of threads: nanoseconds a request, the least and the median
//! of the rounds, and how often and how much memory is allocated. What a contender adds is what it has over `bare`.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use intermission::PolicyHandle;
use intermission_benches::layer::{Contender, contenders, state, swapped};
use serde_json::json;

/// How long and how often each is asked.
#[derive(Clone, Copy)]
struct Effort {
    rounds: usize,
    round: Duration,
}

const QUICK: Effort = Effort {
    rounds: 7,
    round: Duration::from_millis(5),
};
const FULL: Effort = Effort {
    rounds: 41,
    round: Duration::from_millis(12),
};
/// How often the state is replaced where that is what is measured.
const SWAPS: Duration = Duration::from_millis(10);

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let effort = if quick { QUICK } else { FULL };
    let contenders = contenders();
    let mut rest = contenders.as_slice();
    while let Some(first) = rest.first() {
        let (case, others) = rest.split_at(rest.partition_point(|other| other.case == first.case));
        compare(case, effort);
        rest = others;
    }
    while_swapped(effort);
}

fn while_swapped(effort: Effort) {
    let policy = PolicyHandle::new(state(1, "off"));
    let contenders = swapped(&policy);
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut revision = 1;
            while !ended.load(Ordering::Relaxed) {
                revision += 1;
                policy.swap(state(revision, "off"));
                thread::park_timeout(SWAPS);
            }
        });
        compare(&contenders, effort);
        ended.store(true, Ordering::Relaxed);
    });
}

/// Measures the contenders of one case by turns.
fn compare(contenders: &[Contender], effort: Effort) {
    for threads in [1, 2] {
        let counts: Vec<_> = contenders
            .iter()
            .map(|contender| count_for(contender, effort.round))
            .collect();
        let mut rounds = vec![Vec::new(); contenders.len()];
        for _ in 0..effort.rounds {
            for ((contender, count), rounds) in contenders.iter().zip(&counts).zip(&mut rounds) {
                rounds.push(nanoseconds(contender, *count, threads));
            }
        }
        for (contender, mut rounds) in contenders.iter().zip(rounds) {
            rounds.sort_by(f64::total_cmp);
            let (allocations, bytes) = allocated(contender);
            let line = json!({
                "case": contender.case,
                "contender": contender.name,
                "threads": threads,
                "ns": rounds[0],
                "median_ns": rounds[rounds.len() / 2],
                "allocations": allocations,
                "bytes": bytes,
            });
            println!("{line}");
        }
    }
}

/// How often to ask for it to take so long.
fn count_for(contender: &Contender, round: Duration) -> u64 {
    let mut run = contender.start();
    run(100);
    let begin = Instant::now();
    run(1000);
    let each = begin.elapsed() / 1000;
    u64::try_from(round.as_nanos() / each.as_nanos().max(1))
        .unwrap_or(u64::MAX)
        .max(10)
}

/// What a request takes on the slowest of so many threads that ask at once.
fn nanoseconds(contender: &Contender, count: u64, threads: usize) -> f64 {
    let ready = Barrier::new(threads);
    let ask = || {
        let mut run = contender.start();
        run(10);
        ready.wait();
        // Counting what is allocated costs those most who allocate most.
        let begin = Instant::now();
        allocation_counter::opt_out(|| run(count));
        begin.elapsed()
    };
    // On threads of their own, whose stacks begin alike: where that of the process begins is chance, and costs some
    // contenders more than others.
    let slowest = thread::scope(|scope| {
        let asking: Vec<_> = (0..threads).map(|_| scope.spawn(ask)).collect();
        let took = asking
            .into_iter()
            .map(|one| one.join().expect("all answers are right"));
        took.fold(Duration::ZERO, Duration::max)
    });
    slowest.as_secs_f64() * 1e9 / count as f64
}

/// How many allocations a request takes, and of how many bytes.
fn allocated(contender: &Contender) -> (f64, f64) {
    const COUNT: u64 = 1000;
    let mut run = contender.start();
    run(10);
    let taken = allocation_counter::measure(|| run(COUNT));
    let each = |total: u64| total as f64 / COUNT as f64;
    (each(taken.count_total), each(taken.bytes_total))
}
