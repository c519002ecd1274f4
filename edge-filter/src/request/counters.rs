use std::cell::{Cell, RefCell};

use intermission_core::{Counts, Kind, Reason, Verdict};

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

/// The counters, each with its verdict, in the order of [`place`].
const COUNTERS: [(&str, Verdict); 9] = [
    (
        "intermission_requests_out_of_scope_total",
        Verdict::Admit(Reason::OutOfScope),
    ),
    (
        "intermission_requests_read_only_total",
        Verdict::Admit(Reason::ReadOnly),
    ),
    (
        "intermission_requests_exempt_total",
        Verdict::Admit(Reason::Exempt),
    ),
    (
        "intermission_requests_probe_total",
        Verdict::Admit(Reason::Probe),
    ),
    (
        "intermission_requests_allowlisted_total",
        Verdict::Admit(Reason::Allowlisted),
    ),
    (
        "intermission_requests_pass_total",
        Verdict::Admit(Reason::Pass),
    ),
    (
        "intermission_requests_refused_page_total",
        Verdict::Refuse(Kind::Page),
    ),
    (
        "intermission_requests_refused_api_total",
        Verdict::Refuse(Kind::Api),
    ),
    (
        "intermission_requests_refused_grpc_total",
        Verdict::Refuse(Kind::Grpc),
    ),
];

/// While the service is open nothing is counted, and the filter asks no application.
fn place(verdict: Verdict) -> Option<usize> {
    Some(match verdict {
        Verdict::Admit(Reason::Open | Reason::Application) => return None,
        Verdict::Admit(Reason::OutOfScope) => 0,
        Verdict::Admit(Reason::ReadOnly) => 1,
        Verdict::Admit(Reason::Exempt) => 2,
        Verdict::Admit(Reason::Probe) => 3,
        Verdict::Admit(Reason::Allowlisted) => 4,
        Verdict::Admit(Reason::Pass) => 5,
        Verdict::Refuse(Kind::Page) => 6,
        Verdict::Refuse(Kind::Api) => 7,
        Verdict::Refuse(Kind::Grpc) => 8,
    })
}

impl Counters {
    pub(crate) fn count(&self, verdict: Verdict) {
        let Some(place) = place(verdict) else { return };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_has_its_own_counter() {
        for (expected, (_, verdict)) in COUNTERS.into_iter().enumerate() {
            assert_eq!(place(verdict), Some(expected));
        }
    }
}
