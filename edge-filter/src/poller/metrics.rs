use std::time::{Duration, UNIX_EPOCH};

use crate::host::{Host, MetricKind};

/// The metrics of a root context. Envoy has one of each for all VMs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metrics {
    revision: u32,
    answer_age: u32,
    last_answer: u32,
    memory: u32,
    /// In the order of [`Outcome`].
    polls: [u32; 3],
}

/// The outcome of a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Changed,
    Unchanged,
    Failed,
}

impl Metrics {
    pub(crate) fn define(host: &impl Host) -> Self {
        let gauge = |name| host.define_metric(MetricKind::Gauge, name);
        Self {
            revision: gauge("intermission_revision"),
            answer_age: gauge("intermission_last_answer_age_seconds"),
            last_answer: gauge("intermission_last_answer_timestamp_seconds"),
            memory: gauge("intermission_vm_memory_bytes"),
            polls: [
                "intermission_polls_changed_total",
                "intermission_polls_unchanged_total",
                "intermission_polls_failed_total",
            ]
            .map(|name| host.define_metric(MetricKind::Counter, name)),
        }
    }

    pub(crate) fn count(&self, host: &impl Host, outcome: Outcome) {
        let [changed, unchanged, failed] = self.polls;
        let metric = match outcome {
            Outcome::Changed => changed,
            Outcome::Unchanged => unchanged,
            Outcome::Failed => failed,
        };
        host.add_to_counter(metric, 1);
    }

    /// The endpoint has answered.
    pub(crate) fn answered(&self, host: &impl Host) {
        let since = host.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        host.set_gauge(self.last_answer, since.as_secs());
    }

    pub(crate) fn measure(&self, host: &impl Host, revision: u64, answer_age: Option<Duration>) {
        host.set_gauge(self.revision, revision);
        if let Some(age) = answer_age {
            host.set_gauge(self.answer_age, age.as_secs());
        }
        // The largest of all VMs.
        let memory = host.memory();
        if memory > host.gauge(self.memory) {
            host.set_gauge(self.memory, memory);
        }
    }
}
