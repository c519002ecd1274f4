//! Deciding in time: `decide/INPUT/CONTENDER`, and of it what compares paths, `prefixes/COUNT-OUTCOME/CONTENDER` and
//! `normalise/PATH/CONTENDER`.
//!
//! What the core has for paths is asked through `decide`, on requests without headers, so its figures contain the rest of a
//! decision; contenders do nothing but compare.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use intermission_benches::hot;
use intermission_benches::{CALL, PAGE, Request, api_paths};
use intermission_core::{Mode, Policy, Reason, ServiceName, State, Timestamp, Verdict};

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = decide, prefixes, normalise
}
criterion_main!(benches);

/// What CI counts the instructions of.
fn decide(criterion: &mut Criterion) {
    for function in hot::core() {
        let mut run = (function.start)();
        let (operation, input) = function.name.split_once('/').unwrap();
        let mut group = criterion.benchmark_group(operation);
        group.bench_function(BenchmarkId::new(input, "intermission"), |bencher| {
            bencher.iter(|| run(1));
        });
    }
}

fn prefixes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("prefixes");
    for count in [10, 30, 100] {
        let paths = api_paths(count);
        // One near the end of the list, and one that differs from all of them late.
        let hit = format!("{}/0192f7c1-8d5e-7a4b-9c3d-2e1f0a9b8c7d", paths[count - 2]);
        let near = format!("{}s/0192f7c1-8d5e-7a4b-9c3d-2e1f0a9b8c7d", paths[count - 2]);
        for (outcome, path, covered) in [
            ("hit", &*hit, true),
            ("near-miss", &near, false),
            ("miss", PAGE, false),
        ] {
            let input = format!("{count}-{outcome}");
            let request = Request::bare(path);
            let policy = if covered {
                exempting(&paths)
            } else {
                scoped(&paths)
            };
            let expected = Verdict::Admit(if covered {
                Reason::Exempt
            } else {
                Reason::OutOfScope
            });
            group.bench_function(BenchmarkId::new(&input, "intermission"), |bencher| {
                let view = request.view();
                bencher.iter(|| assert_eq!(policy.decide(black_box(&view)).verdict, expected));
            });
            group.bench_function(BenchmarkId::new(&input, "naive"), |bencher| {
                let covers = |path: &str| paths.iter().any(|entry| naive(entry, path));
                bencher.iter(|| assert_eq!(covers(black_box(path)), covered));
            });
            #[cfg(feature = "contenders")]
            group.bench_function(BenchmarkId::new(&input, "matchit"), |bencher| {
                let mut router = matchit::Router::new();
                for path in &paths {
                    router.insert(path.clone(), ()).unwrap();
                    router.insert(format!("{path}/{{*rest}}"), ()).unwrap();
                }
                bencher.iter(|| assert_eq!(router.at(black_box(path)).is_ok(), covered));
            });
        }
    }
}

fn normalise(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("normalise");
    let escaped = PAGE.replace("women", "wom%65n");
    let policy = scoped(&["/basket".to_owned()]);
    for (input, path) in [
        ("plain-60", PAGE),
        ("escaped-62", &escaped),
        ("call-60", CALL),
    ] {
        let request = Request::bare(path);
        group.bench_function(BenchmarkId::new(input, "intermission"), |bencher| {
            let view = request.view();
            let expected = Verdict::Admit(Reason::OutOfScope);
            bencher.iter(|| assert_eq!(policy.decide(black_box(&view)).verdict, expected));
        });
        group.bench_function(BenchmarkId::new(input, "naive"), |bencher| {
            bencher.iter(|| {
                let path = percent_encoding::percent_decode_str(black_box(path));
                let path = path.decode_utf8().unwrap().to_lowercase();
                assert!(!naive("/basket", &path));
            });
        });
    }
}

/// Whether the entry covers a path, in its own case.
fn naive(entry: &str, path: &str) -> bool {
    let rest = path.strip_prefix(entry);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn scoped(paths: &[String]) -> Policy {
    let mut state = State::initial(ServiceName::unknown(), Mode::All);
    state.scope.paths = paths.iter().map(|path| path.parse().unwrap()).collect();
    Policy::compile(&state, Timestamp::from_second(0))
}

fn exempting(paths: &[String]) -> Policy {
    let mut state = State::initial(ServiceName::unknown(), Mode::All);
    let paths = paths.iter().map(|path| format!("{path}/").parse().unwrap());
    state.exempt.paths = paths.collect();
    Policy::compile(&state, Timestamp::from_second(0))
}
