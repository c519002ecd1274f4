//! What it takes to ask a set of addresses, and to compile one, beside what others take.
//!
//! With the feature `contenders` the crates that others would use take part; without, the naive ones only. The binary
//! `address_table` compares all in turns.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use intermission_benches::addresses::{CONTENDERS, Family, Input};

const KEYS: usize = 1 << 14;

fn look_ups(criterion: &mut Criterion) {
    for input in inputs(usize::MAX) {
        let mut group = criterion.benchmark_group("look-ups");
        group
            .sample_size(10)
            .throughput(Throughput::Elements(KEYS as u64));
        for contender in CONTENDERS {
            if input.cidrs.len() > contender.most {
                continue;
            }
            let built = (contender.build)(&input);
            let id = BenchmarkId::new(name(&input), contender.name);
            group.bench_with_input(id, &input, |bencher, input| {
                bencher.iter(|| assert_eq!(built.hits(black_box(&input.keys)), input.hits));
            });
        }
    }
}

fn compile(criterion: &mut Criterion) {
    for input in inputs(10_000) {
        let mut group = criterion.benchmark_group("compile");
        group.sample_size(10);
        for contender in CONTENDERS {
            if input.cidrs.len() > contender.most {
                continue;
            }
            let id = BenchmarkId::new(name(&input), contender.name);
            group.bench_with_input(id, &input, |bencher, input| {
                let expected = u64::from(input.first_hits());
                bencher.iter(|| {
                    let built = (contender.build)(black_box(input));
                    assert_eq!(built.hits(&input.keys[..1]), expected);
                });
            });
        }
    }
}

fn inputs(most: usize) -> impl Iterator<Item = Input> {
    Family::ALL.into_iter().flat_map(move |family| {
        let sizes = family.sizes().iter().filter(move |&&size| size <= most);
        sizes.map(move |&size| Input::new(family, size, KEYS))
    })
}

fn name(input: &Input) -> String {
    format!("{}-{}", input.family.name(), input.cidrs.len())
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = look_ups, compile
}
criterion_main!(benches);
