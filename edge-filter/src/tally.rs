use std::cell::{Cell, RefCell};

use intermission_core::{Kind, Reason, Verdict};

use crate::host::{Host, MetricKind};

/// Counts decisions in the VM's own memory, so that a request costs no call for it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: [Cell<u64>; NAMES.len()],
    metrics: RefCell<Vec<u32>>,
}

/// The names of the counters, in the order of [`place`].
const NAMES: [&str; 7] = [
    "intermission_requests_out_of_scope_total",
    "intermission_requests_read_only_total",
    "intermission_requests_exempt_total",
    "intermission_requests_allowlisted_total",
    "intermission_requests_refused_page_total",
    "intermission_requests_refused_api_total",
    "intermission_requests_refused_grpc_total",
];

/// While the service is open nothing is counted.
fn place(verdict: Verdict) -> Option<usize> {
    Some(match verdict {
        Verdict::Admit(Reason::Open) => return None,
        Verdict::Admit(Reason::OutOfScope) => 0,
        Verdict::Admit(Reason::ReadOnly) => 1,
        Verdict::Admit(Reason::Exempt) => 2,
        Verdict::Admit(Reason::Allowlisted) => 3,
        Verdict::Refuse(Kind::Page) => 4,
        Verdict::Refuse(Kind::Api) => 5,
        Verdict::Refuse(Kind::Grpc) => 6,
    })
}

impl Tally {
    pub(crate) fn count(&self, verdict: Verdict) {
        if let Some(count) = place(verdict).and_then(|place| self.counts.get(place)) {
            count.set(count.get() + 1);
        }
    }

    /// Hands what has been counted to Envoy, whose counters are those of the whole process.
    pub(crate) fn flush(&self, host: &impl Host) {
        let mut metrics = self.metrics.borrow_mut();
        if metrics.is_empty() {
            metrics.extend(NAMES.map(|name| host.define_metric(MetricKind::Counter, name)));
        }
        for (count, metric) in self.counts.iter().zip(&*metrics) {
            let amount = count.take();
            if amount > 0 {
                host.add_to_counter(*metric, amount);
            }
        }
    }
}
