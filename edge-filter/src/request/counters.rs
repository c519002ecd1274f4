use std::cell::{Cell, RefCell};

use intermission_core::{Counts, Verdict};
use intermission_edge::{COUNTERS, counter_of};

use crate::host::{Host, MetricKind};

/// Counters of decisions in the memory of the VM, so that a request costs no call.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Not added to Envoy's counters yet.
    counts: [Cell<u64>; COUNTERS.len()],
    /// Since the state in force came into force.
    since: [Cell<u64>; COUNTERS.len()],
    metrics: RefCell<Vec<u32>>,
}

impl Counters {
    pub(crate) fn count(&self, verdict: Verdict) {
        let Some(place) = counter_of(verdict) else {
            return;
        };
        for counts in [&self.counts, &self.since] {
            if let Some(count) = counts.get(place) {
                count.set(count.get() + 1);
            }
        }
    }

    /// Starts again at zero, because another state comes into force.
    pub(crate) fn begin(&self) {
        self.since.iter().for_each(|count| count.set(0));
    }

    /// The requests that the state in force has decided about, by rule.
    pub(crate) fn since(&self) -> Counts {
        let mut counts = Counts::default();
        for ((_, verdict), count) in COUNTERS.into_iter().zip(&self.since) {
            counts.add(verdict.rule(), count.get());
        }
        counts
    }

    /// Adds the counts to Envoy's counters, which are those of the whole process.
    pub(crate) fn flush(&self, host: &impl Host) {
        let mut metrics = self.metrics.borrow_mut();
        if metrics.is_empty() {
            let define = |(name, _): (&str, _)| host.define_metric(MetricKind::Counter, name);
            metrics.extend(COUNTERS.map(define));
        }
        for (count, metric) in self.counts.iter().zip(&*metrics) {
            let amount = count.take();
            if amount > 0 {
                host.add_to_counter(*metric, amount);
            }
        }
    }
}
