//! The layer beside what others would put in its place; see [`intermission_benches::layer`].

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use intermission_benches::layer::contenders;

fn layer(criterion: &mut Criterion) {
    for contender in contenders() {
        let mut group = criterion.benchmark_group(contender.case);
        group.bench_function(contender.name, |bencher| {
            let mut run = contender.start();
            bencher.iter_custom(|count| {
                let begin = Instant::now();
                run(count);
                begin.elapsed()
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(400));
    targets = layer
}
criterion_main!(benches);
