//! The layer beside what others would put in its place; see [`intermission_benches::layer`].

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use intermission_benches::layer::contenders;

fn layer(criterion: &mut Criterion) {
    for contender in contenders() {
        let mut group = criterion.benchmark_group(contender.case);
        group.warm_up_time(Duration::from_millis(200));
        group.measurement_time(Duration::from_secs(1));
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

criterion_group!(benches, layer);
criterion_main!(benches);
